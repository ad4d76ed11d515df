import { expect, test } from "bun:test";
import { Glob } from "bun";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");
const DECLARATION =
  /^export (?:declare )?(?:async )?(function\*?|const enum|enum|abstract class|class|const|let|interface|type) (\w+)/gm;
/** What users of the package and of the SDK import; nothing of the house need name it. */
const PUBLIC = /^src\/embed\.ts$|^src\/embed\/types\.ts$/;

interface File {
  readonly path: string;
  readonly text: string;
  /** How often each identifier is there. */
  readonly names: ReadonlyMap<string, number>;
}

async function read(path: string): Promise<File> {
  const text = await Bun.file(join(ROOT, path)).text();
  const names = new Map<string, number>();
  for (const [name] of text.matchAll(/\b[A-Za-z_$][\w$]*\b/g))
    names.set(name, (names.get(name) ?? 0) + 1);
  return { path, text, names };
}

const paths = [...new Glob("{src,test,bench,disk}/**/*.ts").scanSync(ROOT)].sort();
const files = await Promise.all(paths.map(read));

/** Exported names, and the files that name each. */
const exported = files
  .filter(({ path }) => !PUBLIC.test(path))
  .flatMap((file) =>
    [...file.text.matchAll(DECLARATION)].map(([, kind, name]) => ({
      file,
      kind,
      name,
      users: files.filter((other) => other !== file && other.names.has(name)),
    })),
  );

const say = ({ file, name }: (typeof exported)[number]): string => `${file.path}: ${name}`;

test("what is exported is used somewhere", () => {
  const dead = exported.filter(
    ({ file, name, users }) => users.length === 0 && file.names.get(name) === 1,
  );
  expect(dead.map(say)).toEqual([]);
});

test("a function, class or constant that only its own file uses is not exported", () => {
  const needless = exported.filter(
    ({ kind, users }) => users.length === 0 && kind !== "interface" && kind !== "type",
  );
  expect(needless.map(say)).toEqual([]);
});
