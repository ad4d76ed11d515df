/** What a `disk` command was given, checked. */
export interface DiskArguments {
  readonly operands: readonly string[];
  flag(name: string): boolean;
  value(name: string): string | undefined;
}
