import archive from "../firmware/regions.bin" with { type: "file" };

/** Where the translations of the firmware's code are inside the binary. */
export default archive;
