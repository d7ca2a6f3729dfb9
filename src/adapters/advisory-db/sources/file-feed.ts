// SPDX-License-Identifier: Apache-2.0
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import {
  createOvalReader,
  createUpdateinfoReader,
  detectFormat,
  type ParsedRecords,
  parseAdvisoryDocument,
  parseAlmaErratum,
  parseDebianTrackerPackage,
  parseEndOfLife,
  parseEpssLine,
  parseKevEntry,
  parseKubernetesFeedItem,
  parseNvdEntry,
  parseSecdb,
  type SourceFormat,
  type XmlRecordReader,
} from "#advisories";
import type { Limits } from "#base";
import { AdvisoryDatabaseError } from "../errors.ts";
import { readLines } from "./read-json-lines.ts";
import { readBeginning, readSourceBytes } from "./read-source-bytes.ts";
import type { ArchiveLimits } from "./read-zip.ts";
import type { FeedItem, RecordFeed } from "./record-feed.ts";
import { type JsonPart, splitJson } from "./split-json.ts";

/** How files are read. */
export interface ReadingOptions {
  readonly limits: ArchiveLimits & Pick<Limits, "maxAdvisoryBytes">;
  readonly format?: SourceFormat;
  /** What the file is about, for forms that do not say it. */
  readonly ecosystem?: string;
}

/** A file, and how it is called toward people. */
export interface SourceFile {
  readonly path: string;
  readonly label: string;
}

/** The feed of one file that is no archive, by its form. Throws `ADVISORY_SOURCE_MALFORMED` for a form that is not known. */
export async function openFileFeed(file: SourceFile, options: ReadingOptions): Promise<RecordFeed> {
  const format =
    options.format ?? detectFormat(basename(file.label), await readBeginning(file.path, file.label, options.limits));
  if (format === undefined) {
    throw new AdvisoryDatabaseError(
      "ADVISORY_SOURCE_MALFORMED",
      `${file.label} is in no form that can be imported; what can is listed by “haechi help db import”`,
    );
  }
  return await FEEDS[format](file, options);
}

type Opener = (file: SourceFile, options: ReadingOptions) => RecordFeed | Promise<RecordFeed>;

const FEEDS: Readonly<Record<SourceFormat, Opener>> = {
  document: (file, options) => ({
    label: file.label,
    source: "osv",
    isWhole: false,
    items: async function* () {
      const { json, problem } = await readWhole(file, options);
      yield json === undefined
        ? { origin: file.label, problem }
        : { origin: file.label, parsed: parseAdvisoryDocument(json, options.limits) };
    },
  }),
  documents: (file, options) => ({
    label: file.label,
    source: "osv",
    isWhole: false,
    items: async function* () {
      const bytes = readSourceBytes(file.path, file.label, options.limits);
      for await (const record of readLines(bytes, file.label, options.limits.maxAdvisoryBytes)) {
        yield "problem" in record
          ? record
          : { origin: record.origin, parsed: parseAdvisoryDocument(record.json, options.limits) };
      }
    },
  }),
  "debian-tracker": async (file, options) => {
    const { mtime } = await stat(file.path);
    return {
      label: file.label,
      source: "debian-tracker",
      family: "Debian",
      isWhole: true,
      newest: () => toSeconds(mtime),
      items: () =>
        jsonItems(file, options, {}, ({ key }, value) =>
          key === undefined ? undefined : parseDebianTrackerPackage(key, value),
        ),
    };
  },
  "alma-errata": (file, options) => ({
    label: file.label,
    source: "almalinux-errata",
    family: "AlmaLinux",
    isWhole: true,
    items: () => jsonItems(file, options, { elementsOf: ["data"] }, (_, value) => parseAlmaErratum(value)),
  }),
  kev: (file, options) => {
    let released: string | undefined;
    return {
      label: file.label,
      source: "kev",
      isWhole: true,
      newest: () => released,
      items: () =>
        jsonItems(file, options, { elementsOf: ["vulnerabilities"] }, ({ key }, value) => {
          if (key === "dateReleased" && typeof value === "string") {
            released = toTime(value);
          }
          return key === "vulnerabilities" ? parseKevEntry(value) : undefined;
        }),
    };
  },
  "kubernetes-feed": (file, options) => ({
    label: file.label,
    source: "kubernetes",
    family: "Kubernetes",
    isWhole: true,
    items: () =>
      jsonItems(file, options, { elementsOf: ["items"] }, ({ key }, value) =>
        key === "items" ? parseKubernetesFeedItem(value) : undefined,
      ),
  }),
  nvd: (file, options) => {
    let stated: string | undefined;
    return {
      label: file.label,
      source: "nvd",
      // of one year: everything there is; "modified", "recent" and pages of the API: what changed
      isWhole: /\bnvdcve-2\.0-\d{4}\.json(?:\.gz|\.zst)?$/.test(file.label),
      newest: () => stated,
      items: () =>
        jsonItems(file, options, { elementsOf: ["vulnerabilities"] }, ({ key }, value) => {
          if (key === "timestamp" && typeof value === "string") {
            stated = toTime(`${value.replace(/Z$/, "")}Z`);
          }
          return key === "vulnerabilities" ? parseNvdEntry(value) : undefined;
        }),
    };
  },
  secdb: (file, options) => wholeDocument(file, options, "secdb", (value) => parseSecdb(value, options.ecosystem)),
  endoflife: async (file, options) => {
    const product = /([\w-]+)(?:\.json)?(?:\.gz|\.zst)?$/.exec(file.label)?.[1] ?? "";
    const source = `endoflife/${product}`;
    // says what will be: how old the file is does not matter
    return {
      ...(await wholeDocument(file, options, source, (value) => parseEndOfLife(value, product))),
      newest: () => undefined,
    };
  },
  epss: (file, options) => {
    let date: string | undefined;
    return {
      label: file.label,
      source: "epss",
      isWhole: true,
      newest: () => date,
      items: async function* () {
        const bytes = readSourceBytes(file.path, file.label, options.limits);
        for await (const record of readLines(bytes, file.label, 4_096)) {
          if ("problem" in record) {
            yield record;
            continue;
          }
          const parsed = parseEpssLine(Buffer.from(record.json).toString("latin1"));
          if (parsed.kind === "header") {
            date = parsed.date ?? date;
          } else {
            yield { origin: record.origin, parsed: parsed.records };
          }
        }
      },
    };
  },
  updateinfo: (file, options) => xmlFeed(file, options, createUpdateinfoReader(options)),
  oval: (file, options) => xmlFeed(file, options, createOvalReader(options)),
};

/** Feeds of XML: the reader keeps one record, and says what it was about only after the end. */
function xmlFeed(file: SourceFile, options: ReadingOptions, reader: XmlRecordReader): RecordFeed {
  return {
    label: file.label,
    source: reader.source,
    isWhole: true,
    newest: () => reader.newest(),
    items: async function* () {
      const decoder = new TextDecoder();
      let number = 0;
      for await (const chunk of readSourceBytes(file.path, file.label, options.limits)) {
        for (const parsed of readXml(() => reader.write(decoder.decode(chunk, { stream: true })), file.label)) {
          number += 1;
          yield { origin: `${file.label}#${number}`, parsed };
        }
      }
      for (const parsed of readXml(() => reader.end(), file.label)) {
        yield { origin: file.label, parsed };
      }
    },
  };
}

function readXml(read: () => readonly ParsedRecords[], label: string): readonly ParsedRecords[] {
  try {
    return read();
  } catch (error) {
    throw new AdvisoryDatabaseError(
      "ADVISORY_SOURCE_MALFORMED",
      `${label} is broken: ${error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : "no XML"}`,
      { cause: error },
    );
  }
}

async function wholeDocument(
  file: SourceFile,
  options: ReadingOptions,
  source: string,
  parse: (value: unknown) => ParsedRecords,
): Promise<RecordFeed> {
  const { mtime } = await stat(file.path);
  return {
    label: file.label,
    source,
    isWhole: true,
    newest: () => toSeconds(mtime),
    items: async function* () {
      const { json, problem } = await readWhole(file, options);
      const value = json === undefined ? undefined : parseJson(json);
      yield value === undefined
        ? { origin: file.label, problem: json === undefined ? problem : "it is not JSON" }
        : { origin: file.label, parsed: parse(value) };
    },
  };
}

async function* jsonItems(
  file: SourceFile,
  { limits }: ReadingOptions,
  { elementsOf }: { readonly elementsOf?: readonly string[] },
  parse: (part: JsonPart, value: unknown) => ParsedRecords | undefined,
): AsyncGenerator<FeedItem> {
  let number = 0;
  const bytes = readSourceBytes(file.path, file.label, limits);
  try {
    for await (const part of splitJson(bytes, {
      maxBytes: limits.maxAdvisoryBytes,
      ...(elementsOf === undefined ? {} : { elementsOf }),
    })) {
      number += 1;
      const origin = `${file.label}#${number}`;
      const value = part.json === undefined ? undefined : parseJson(part.json);
      if (value === undefined) {
        yield { origin, problem: part.json === undefined ? "the record is too large" : "the record is not JSON" };
        continue;
      }
      const parsed = parse(part, value);
      if (parsed !== undefined) {
        yield { origin, parsed };
      }
    }
  } catch (error) {
    throw error instanceof AdvisoryDatabaseError
      ? error
      : new AdvisoryDatabaseError(
          "ADVISORY_SOURCE_MALFORMED",
          `${file.label} is broken: the document ends in the middle`,
          {
            cause: error,
          },
        );
  }
}

async function readWhole(
  { path, label }: SourceFile,
  { limits }: ReadingOptions,
): Promise<{ readonly json?: Buffer; readonly problem: string }> {
  const parts: Buffer[] = [];
  let length = 0;
  const problem = `the record is larger than ${limits.maxAdvisoryBytes} bytes`;
  for await (const chunk of readSourceBytes(path, label, limits)) {
    length += chunk.length;
    if (length > limits.maxAdvisoryBytes) {
      return { problem };
    }
    parts.push(Buffer.from(chunk));
  }
  return { json: Buffer.concat(parts), problem };
}

function parseJson(json: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(json).toString("utf8"));
  } catch {
    // the caller says so
    return undefined;
  }
}

function toTime(text: string): string | undefined {
  const time = Date.parse(text);
  return Number.isNaN(time) ? undefined : toSeconds(new Date(time));
}

function toSeconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}
