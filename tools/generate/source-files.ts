// SPDX-License-Identifier: Apache-2.0
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { REPOSITORY } from "../repository.ts";

/** A parsed source file of ours. */
export interface SourceFile {
  /** Relative to the repository's root. */
  readonly path: string;
  readonly tree: ts.SourceFile;
}

/** The parsed files that a pattern names, tests left out, in the order of their paths. */
export function readSourceFiles(pattern: string, contains: string): readonly SourceFile[] {
  return globSync(pattern, { cwd: REPOSITORY })
    .filter((path) => !path.endsWith(".test.ts"))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(REPOSITORY, path), "utf8") }))
    .filter(({ text }) => text.includes(contains))
    .map(({ path, text }) => ({ path, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) }));
}

/** The text of the last doc comment between two positions, on one line; empty when there is none. */
export function docCommentBetween(file: ts.SourceFile, start: number, end: number): string {
  const comments = [...file.text.slice(start, end).matchAll(/\/\*\*([\s\S]*?)\*\//g)];
  return plainText(comments.at(-1)?.[1] ?? "");
}

/** The doc comment of a declaration on one line; empty when there is none. */
export function docCommentOf(node: ts.Node): string {
  return docCommentBetween(node.getSourceFile(), node.getFullStart(), node.getStart());
}

function plainText(comment: string): string {
  return comment
    .replaceAll(/^\s*\*\s?/gm, "")
    .replaceAll(/\{@link (\w+)\}/g, "`$1`")
    .replaceAll(/\s+/g, " ")
    .trim();
}
