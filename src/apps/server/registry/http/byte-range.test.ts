// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { decideRange, parseContentRange } from "./byte-range.ts";

describe("a Range header over 100 bytes", () => {
  it.each([
    { header: undefined, want: "whole" },
    { header: "bytes=0-0", want: { start: 0, end: 1 } },
    { header: "bytes=10-19", want: { start: 10, end: 20 } },
    { header: "bytes=90-", want: { start: 90, end: 100 } },
    { header: "bytes=90-999999999999999", want: { start: 90, end: 100 } },
    { header: "bytes=-10", want: { start: 90, end: 100 } },
    { header: "bytes=-1000", want: { start: 0, end: 100 } },
    { header: "bytes=100-", want: "unsatisfiable" },
    { header: "bytes=999999999999999-", want: "unsatisfiable" },
    { header: "bytes=-0", want: "unsatisfiable" },
    { header: "bytes=9999999999999999999-", want: "whole" },
    { header: "bytes=20-10", want: "whole" },
    { header: "bytes=-", want: "whole" },
    { header: "bytes=0-1,5-6", want: "whole" },
    { header: "bytes=a-b", want: "whole" },
    { header: "bytes=-1-5", want: "whole" },
    { header: "items=0-1", want: "whole" },
    { header: `bytes=${"0-0,".repeat(10_000)}`, want: "whole" },
  ])("$header", ({ header, want }) => {
    expect(decideRange(header, 100)).toEqual(want);
  });

  it("nothing of an empty blob can be asked for", () => {
    expect(decideRange("bytes=0-", 0)).toBe("unsatisfiable");
    expect(decideRange("bytes=-5", 0)).toBe("unsatisfiable");
  });
});

describe("a Content-Range header", () => {
  it.each([
    { header: "0-9", want: { start: 0, end: 10 } },
    { header: "10-10", want: { start: 10, end: 11 } },
    { header: "bytes 5-9/100", want: { start: 5, end: 10 } },
    { header: "bytes 5-9/*", want: { start: 5, end: 10 } },
    { header: "10-9", want: undefined },
    { header: "-5", want: undefined },
    { header: "5-", want: undefined },
    { header: "", want: undefined },
    { header: "1e3-2000", want: undefined },
    { header: "0-99999999999999999999", want: undefined },
  ])("$header", ({ header, want }) => {
    expect(parseContentRange(header)).toEqual(want);
  });
});
