/** Driver of a device of the board. What is absent is what rt_device_ops has NULL for. Buffers are guest addresses. */
export interface HostDriver {
  init?(): number;
  open?(oflag: number): number;
  close?(): number;
  /** Bytes (character devices) or sectors (block devices) that were read. */
  read?(position: number, buffer: number, size: number): number;
  write?(position: number, buffer: number, size: number): number;
  control?(command: number, argument: number): number;
}
