// SPDX-License-Identifier: Apache-2.0

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SignatureRejected } from "#signatures";
import { derInteger, derOid, derSequence, derTime } from "../../../../test/support/test-pki/write-der.ts";
import {
  bitStringBytes,
  DER,
  DerReader,
  derBoolean,
  oidText,
  readDerSequence,
  smallInteger,
  timeMs,
} from "./der-reader.ts";

function reader(hex: string): DerReader {
  return new DerReader(Buffer.from(hex, "hex"));
}

describe("DerReader", () => {
  it.each([
    { name: "nothing", hex: "" },
    { name: "a tag alone", hex: "30" },
    { name: "an indefinite length", hex: "30800000" },
    { name: "a length that is not the shortest", hex: "30810100" },
    { name: "a longer length that is not the shortest", hex: "30820001ff" },
    { name: "a length of five octets", hex: "30850000000001ff" },
    { name: "a length without its octets", hex: "3082" },
    { name: "less than it says", hex: "3003 0102".replace(" ", "") },
    { name: "four thousand million octets", hex: "3084ffffffff00" },
    { name: "a tag of several octets", hex: "3f8100" },
  ])("refuses $name", ({ hex }) => {
    expect(() => reader(hex).read()).toThrow(SignatureRejected);
  });

  it("refuses another tag, and bytes behind the end", () => {
    expect(() => reader("020101").read(DER.sequence)).toThrow(SignatureRejected);
    expect(() => readDerSequence(Buffer.from("300000", "hex"))).toThrow(SignatureRejected);
    expect(() => reader("0201010201").end()).toThrow(SignatureRejected);
  });

  it("reads what was written, whatever its length", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70_000 }), (content) => {
        const written = derSequence(content);
        expect(Buffer.from(new DerReader(written).read(DER.sequence).content)).toEqual(Buffer.from(content));
      }),
      { numRuns: 20 },
    );
  });

  it("throws nothing else for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const all = new DerReader(bytes);
        try {
          while (!all.isAtEnd) {
            const element = all.read();
            for (const read of [oidText, derBoolean, smallInteger, bitStringBytes, timeMs]) {
              try {
                read(element);
              } catch (error) {
                expect(error).toBeInstanceOf(SignatureRejected);
              }
            }
          }
        } catch (error) {
          expect(error).toBeInstanceOf(SignatureRejected);
        }
      }),
    );
  });
});

describe("values", () => {
  it.each(["1.2.840.113549.1.1.11", "2.5.29.37.0", "0.4.0.2023.1.1", "1.3.6.1.4.1.99999.1", "2.16.840.1.101.3.4.2.1"])(
    "object identifier %s",
    (text) => {
      expect(oidText(new DerReader(derOid(text)).read(DER.oid))).toBe(text);
    },
  );

  it.each(["0600", "060180", "06028001", "0603550481", "0609ffffffffffffffff7f"])(
    "%s is no object identifier",
    (hex) => {
      expect(() => oidText(reader(hex).read())).toThrow(SignatureRejected);
    },
  );

  it.each(["0100", "010101", "01020000"])("%s is no truth value", (hex) => {
    expect(() => derBoolean(reader(hex).read())).toThrow(SignatureRejected);
  });

  it("numbers up to 2^31, none below zero", () => {
    for (const value of [0, 1, 127, 128, 65_535, 2 ** 31 - 1]) {
      expect(smallInteger(new DerReader(derInteger(value)).read())).toBe(value);
    }
    expect(() => smallInteger(reader("0201ff").read())).toThrow(SignatureRejected);
    expect(() => smallInteger(reader("02050100000000").read())).toThrow(SignatureRejected);
  });

  it.each([
    { text: "491231235959Z", tag: 0x17, want: "2049-12-31T23:59:59.000Z" },
    { text: "500101000000Z", tag: 0x17, want: "1950-01-01T00:00:00.000Z" },
    { text: "20260228120000Z", tag: 0x18, want: "2026-02-28T12:00:00.000Z" },
    { text: "20260228120000.25Z", tag: 0x18, want: "2026-02-28T12:00:00.250Z" },
    { text: "00990101000000Z", tag: 0x18, want: "0099-01-01T00:00:00.000Z" },
    { text: "99991231235959Z", tag: 0x18, want: "9999-12-31T23:59:59.000Z" },
  ])("$text is $want", ({ text, tag, want }) => {
    const element = { tag, content: Buffer.from(text), bytes: Buffer.alloc(0) };
    expect(new Date(timeMs(element)).toISOString()).toBe(want);
  });

  it.each([
    "20260230120000Z",
    "20261301000000Z",
    "20260101240000Z",
    "20260101006000Z",
    "20260101000000",
    "20260101000000+0100",
    "2026010100Z",
    "",
  ])("%j is no time", (text) => {
    expect(() => timeMs({ tag: DER.generalizedTime, content: Buffer.from(text), bytes: Buffer.alloc(0) })).toThrow(
      SignatureRejected,
    );
  });

  it("times come back as they were written", () => {
    const time = new Date("2026-11-22T06:07:08Z");
    expect(timeMs(new DerReader(derTime(time)).read())).toBe(time.getTime());
  });
});
