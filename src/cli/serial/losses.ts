/** What arrives at a line whose other end cannot be made to wait, and is more than the guest has room for: it is lost, as at a UART, and told. */
export class Losses {
  private bytes = 0;

  constructor(
    private readonly where: string,
    private readonly say: (text: string) => void,
  ) {}

  count(bytes: number): void {
    if (bytes <= 0) return;
    if (this.bytes === 0)
      this.say(`${this.where}: nobody reads so much: what arrives now is lost, as at a UART`);
    this.bytes += bytes;
  }

  end(): void {
    if (this.bytes > 0) this.say(`${this.where}: ${this.bytes} bytes were lost that nobody read`);
  }
}
