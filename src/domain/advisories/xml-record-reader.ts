// SPDX-License-Identifier: Apache-2.0
import type { ParsedRecords } from "./parsed-records.ts";

/** Reads a large XML document piece by piece; keeps one record. Throws for what is no well-formed XML, and beyond its limits. */
export interface XmlRecordReader {
  readonly source: string;
  /** The records that are complete with this text. */
  write(text: string): readonly ParsedRecords[];
  /** Says that there is no more. */
  end(): readonly ParsedRecords[];
  /** The newest time seen. */
  newest(): string | undefined;
}

/** For forms that do not say what they are about. */
export interface XmlReadingOptions {
  readonly ecosystem?: string;
}
