// SPDX-License-Identifier: Apache-2.0
import type { ImageSpelling } from "./image-spelling.ts";
import { matchRepositoryName, type NameMatch } from "./match-repository-name.ts";
import { gramsOf, type KeyPart, type NameKey, waysOfName } from "./name-keys.ts";
import type { PolicyDocument, RepositoryEntry } from "./policy-document.ts";
import { SortedPrefixes } from "./sorted-prefixes.ts";

/** An entry that fits an image. */
export interface Candidate {
  readonly document: PolicyDocument;
  readonly entry: RepositoryEntry;
  /** Its place in the document. */
  readonly index: number;
  readonly match: NameMatch;
}

/** The entries of some documents, found by pieces of their names: ten thousand cost about as much as ten. */
export interface EntryIndex {
  /** All entries that fit the image with these spellings. */
  findCandidates(spellings: readonly ImageSpelling[]): readonly Candidate[];
}

type Row = Omit<Candidate, "match">;
type OnFound = (rows: readonly Row[]) => void;

/** Rows that are found by one part of a spelling. */
interface Table {
  readonly part: KeyPart;
  find(text: string, onFound: OnFound): void;
}

interface Keyed {
  readonly key: NameKey;
  readonly row: Row;
}

/** The index of the entries of the documents. */
export function createEntryIndex(documents: readonly PolicyDocument[]): EntryIndex {
  const { keyed, hosted, bare } = chooseKeys(
    documents.flatMap((document) => document.repositories.map((entry, index): Row => ({ document, entry, index }))),
  );
  const tables = [...Map.groupBy(keyed, ({ key }) => `${key.part} ${key.place}`).values()].flatMap(createTable);

  return {
    findCandidates(spellings) {
      // What is no reference has no spelling, and only `*` fits it, which stands in both lists.
      const rows = new Set(spellings.length > 0 && spellings.every(isBare) ? [] : hosted);
      if (spellings.some(isBare)) {
        bare.forEach((row) => rows.add(row));
      }
      function add(found: readonly Row[]): void {
        found.forEach((row) => rows.add(row));
      }
      for (const spelling of spellings) {
        for (const table of tables) {
          for (const text of partsOf(spelling, table.part)) {
            table.find(text, add);
          }
        }
      }
      return [...rows].flatMap((row) => {
        const match = matchRepositoryName(row.entry.name, spellings);
        return match === undefined ? [] : [{ ...row, match }];
      });
    },
  };
}

function isBare({ host }: ImageSpelling): boolean {
  return host === undefined;
}

/** Of each way in which a name can fit the key that the fewest other names share; without any it is tried for that kind of spelling. */
function chooseKeys(rows: readonly Row[]): {
  readonly keyed: readonly Keyed[];
  readonly hosted: readonly Row[];
  readonly bare: readonly Row[];
} {
  const named = rows.map((row) => ({ row, ways: waysOfName(row.entry.name) }));
  const counts = new Map<string, number>();
  for (const { ways } of named) {
    for (const { keys } of ways) {
      for (const { text } of keys) {
        counts.set(text, (counts.get(text) ?? 0) + 1);
      }
    }
  }
  const chosen: { readonly keyed: Keyed[]; readonly hosted: Row[]; readonly bare: Row[] } = {
    keyed: [],
    hosted: [],
    bare: [],
  };
  for (const { row, ways } of named) {
    for (const { keys, ...way } of ways) {
      const key = rarest(keys, counts);
      if (key === undefined) {
        (way.isBare ? chosen.bare : chosen.hosted).push(row);
      } else {
        chosen.keyed.push({ key, row });
      }
    }
  }
  return chosen;
}

function rarest(keys: readonly NameKey[], counts: ReadonlyMap<string, number>): NameKey | undefined {
  let best: NameKey | undefined;
  for (const key of keys) {
    const difference = best === undefined ? -1 : (counts.get(key.text) ?? 0) - (counts.get(best.text) ?? 0);
    if (difference < 0 || (difference === 0 && key.text.length > (best?.text.length ?? 0))) {
      best = key;
    }
  }
  return best;
}

function createTable(keyed: readonly Keyed[]): readonly Table[] {
  const [first] = keyed;
  if (first === undefined) {
    return [];
  }
  const { part, place } = first.key;
  if (place === "start" || place === "end") {
    const rows = new SortedPrefixes(keyed.map(({ key, row }) => [inDirection(key.text, place), row]));
    return [{ part, find: (text, onFound) => rows.find(inDirection(text, place), onFound) }];
  }
  const rows = Map.groupBy(keyed, ({ key }) => key.text);
  const found = new Map([...rows].map(([text, each]) => [text, each.map(({ row }) => row)]));
  function findOne(text: string, onFound: OnFound): void {
    const values = found.get(text);
    if (values !== undefined) {
      onFound(values);
    }
  }
  return [
    {
      part,
      find: place === "all" ? findOne : (text, onFound) => gramsOf(text).forEach((gram) => findOne(gram, onFound)),
    },
  ];
}

function partsOf({ host, paths }: ImageSpelling, part: KeyPart): readonly string[] {
  if (host === undefined) {
    return part === "bare" ? paths : [];
  }
  switch (part) {
    case "whole":
      return paths.map((path) => `${host.toLowerCase()}/${path}`);
    case "host":
      return [host.toLowerCase()];
    case "path":
      return paths;
    default:
      return [];
  }
}

/** Endings are looked up as beginnings of the text read backwards. */
function inDirection(text: string, place: "start" | "end"): string {
  return place === "start" ? text : Array.from({ length: text.length }, (_, at) => text[text.length - 1 - at]).join("");
}
