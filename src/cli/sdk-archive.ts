import archive from "../sdk/sdk.bin" with { type: "file" };

/** Where the binary has the archive of the SDK. */
export default archive;
