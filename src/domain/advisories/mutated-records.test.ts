// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mutationsOf } from "../../../test/support/program-fixtures.ts";
import { rounds } from "../../../test/support/rounds.ts";
import { parseDebianTrackerPackage } from "./debian-tracker/parse-debian-tracker.ts";
import { parseAdvisoryDocument } from "./document.ts";
import { parseEndOfLife } from "./endoflife/parse-end-of-life.ts";
import { parseAlmaErratum } from "./errata/parse-alma-erratum.ts";
import { parseEpssLine } from "./exploitation/parse-epss-line.ts";
import { parseKevEntry } from "./exploitation/parse-kev-entry.ts";
import { arrayOf, objectOf } from "./json-fields.ts";
import { parseKubernetesFeedItem } from "./kubernetes-feed/parse-kubernetes-feed-item.ts";
import { createOvalReader } from "./oval/oval-reader.ts";
import type { ParsedRecords } from "./parsed-records.ts";
import { parseSecdb } from "./secdb/parse-secdb.ts";
import { createUpdateinfoReader } from "./updateinfo/updateinfo-reader.ts";

const PUBLISHED = new URL("testdata/", import.meta.url);
const NUM_RUNS = rounds({ short: 60, long: 3_000 });

function filesOf(ending: string): readonly string[] {
  return readdirSync(PUBLISHED)
    .filter((name) => name.endsWith(ending))
    .sort();
}

/** What every parser makes of a value, the elements of its lists included. */
function readAll(value: unknown): readonly (ParsedRecords | undefined)[] {
  const root = objectOf(value) ?? {};
  const elements = [...arrayOf(value), ...Object.values(root).flatMap((each) => arrayOf(each)), root];
  return [
    parseAdvisoryDocument(root),
    parseSecdb(value),
    parseEndOfLife(value, "rhel"),
    ...Object.entries(root).map(([name, each]) => parseDebianTrackerPackage(name, each)),
    ...elements.flatMap((each) => [parseAlmaErratum(each), parseKevEntry(each), parseKubernetesFeedItem(each)]),
  ];
}

function check(parsed: ParsedRecords | undefined): void {
  for (const { id, packageName, ecosystem, summary, ranges } of parsed?.advisories ?? []) {
    expect(/\p{Cc}/u.test(`${id}${packageName}${ecosystem}${summary}`)).toBe(false);
    expect(ranges.filter((each) => typeof each.introduced !== "string" || each.introduced === "")).toEqual([]);
  }
}

describe("records as published, changed as an attacker would", () => {
  it.each(filesOf(".json"))("%s: every parser answers", (name) => {
    const file = readFileSync(new URL(name, PUBLISHED));
    fc.assert(
      fc.property(mutationsOf(file), (bytes) => {
        const text = bytes.toString("utf8");
        check(parseAdvisoryDocument(text));
        let value: unknown;
        try {
          value = JSON.parse(text);
        } catch {
          // no JSON any more
          return;
        }
        readAll(value).forEach(check);
      }),
      { numRuns: NUM_RUNS },
    );
  });

  it.each(filesOf(".xml"))("%s: records, or an error that says it is no XML", (name) => {
    const file = readFileSync(new URL(name, PUBLISHED));
    fc.assert(
      fc.property(mutationsOf(file), fc.integer({ min: 1, max: 4_096 }), (bytes, step) => {
        const text = bytes.toString("utf8");
        for (const reader of [createOvalReader({ ecosystem: "Azure Linux:3" }), createUpdateinfoReader()]) {
          const read: ParsedRecords[] = [];
          try {
            for (let at = 0; at < text.length; at += step) {
              read.push(...reader.write(text.slice(at, at + step)));
            }
            read.push(...reader.end());
          } catch (error) {
            // no XML any more
            expect(error).toBeInstanceOf(Error);
            expect(error).not.toBeInstanceOf(TypeError);
          }
          read.forEach(check);
        }
      }),
      { numRuns: NUM_RUNS },
    );
  });

  it("epss.csv: each line is a score, a head or a problem", () => {
    const file = readFileSync(new URL("epss.csv", PUBLISHED));
    fc.assert(
      fc.property(mutationsOf(file), (bytes) => {
        for (const line of bytes.toString("latin1").split("\n")) {
          const parsed = parseEpssLine(line);
          const [score] = parsed.kind === "score" ? (parsed.records.exploitation ?? []) : [];
          expect(score?.epss?.score ?? 0).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: NUM_RUNS },
    );
  });
});
