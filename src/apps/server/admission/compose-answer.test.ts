// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { PodImage } from "#kubernetes";
import { createTranslate } from "#messages";
import type { Reason, Verdict } from "#policy";
import { composeAnswer } from "./compose-answer.ts";

const translate = createTranslate("en");
const UNSIGNED: Reason = { code: "SIGNATURE_MISSING", effect: "deny", params: { field: "trust" } };

function judged(reference: string, spelling: Verdict["spelling"], outcome: "deny" | "undecided" = "deny") {
  const reason: Reason =
    outcome === "deny"
      ? { ...UNSIGNED, params: { ...UNSIGNED.params, method: "notary", requirement: "Docker Content Trust" } }
      : { code: "SCAN_PENDING", effect: "undecided", params: {} };
  const verdict: Verdict = {
    outcome,
    reasons: [reason],
    mode: "enforce",
    mutateImage: false,
    ...(spelling === undefined ? {} : { spelling }),
  };
  const image: PodImage = { reference, pointer: "/spec/containers/0/image", label: "container a" };
  return { image, verdict };
}

function messageOf(...images: readonly ReturnType<typeof judged>[]): string {
  const { answer } = composeAnswer(images, { kind: "Pod", failure: "deny", translate });
  return answer.allowed ? "" : answer.message;
}

describe("the message of a denial", () => {
  it.each<{ readonly name: string; readonly images: readonly ReturnType<typeof judged>[]; readonly want: string }>([
    {
      name: "by policies of CISE is theirs to the letter",
      images: [judged("us.icr.io/ns/hello", "cise")],
      want: "Deny, failed to get content trust information: No valid trust data for latest",
    },
    {
      name: "says the same once",
      images: [judged("us.icr.io/ns/hello", "cise"), judged("us.icr.io/ns/other", "cise")],
      want: "Deny, failed to get content trust information: No valid trust data for latest",
    },
    {
      name: "by policies of Portieris is theirs to the letter, line by line",
      images: [judged("us.icr.io/ns/hello", "portieris"), judged("us.icr.io/ns/other:1", "portieris")],
      want:
        '\ntrust: policy denied the request: Deny "us.icr.io/ns/hello", failed to get content trust information: No valid trust data for latest' +
        '\ntrust: policy denied the request: Deny "us.icr.io/ns/other:1", failed to get content trust information: No valid trust data for 1',
    },
  ])("$name", ({ images, want }) => {
    expect(messageOf(...images)).toBe(want);
  });

  it.each([
    { name: "of our own spelling", images: [judged("us.icr.io/ns/hello", undefined)] },
    { name: "in two spellings", images: [judged("us.icr.io/ns/hello", "cise"), judged("us.icr.io/ns/o", undefined)] },
    {
      name: "beside something that cannot be told",
      images: [judged("us.icr.io/ns/hello", "cise"), judged("us.icr.io/ns/o", "cise", "undecided")],
    },
  ])("$name is ours, and names image and policy field", ({ images }) => {
    expect(messageOf(...images)).toContain("us.icr.io/ns/hello is denied.");
    expect(messageOf(...images)).toContain("trust of the policy asks for this signature");
  });
});
