/** The fields of an instruction by letter. */
export type Fields = Readonly<Record<string, number>>;

/** What the text of an instruction depends on besides its bits. */
export interface Context {
  readonly table: "thumb16" | "thumb32" | "a32";
  readonly address: number;
  readonly itState: number;
}

export const CONDITIONS = "eq ne cs cc mi pl vs vc hi ls ge lt gt le".split(" ").concat("", "");

export const hex = (value: number, digits: number) =>
  (value >>> 0).toString(16).padStart(digits, "0");
