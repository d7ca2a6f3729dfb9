// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { expect, it } from "vitest";
import { parseAdmissionReview } from "./parse-admission-review.ts";

const REQUEST = {
  uid: "u1",
  kind: { group: "", version: "v1", kind: "Pod" },
  resource: { group: "", version: "v1", resource: "pods" },
  operation: "CREATE",
};

function parse(request: unknown): ReturnType<typeof parseAdmissionReview> {
  return parseAdmissionReview(
    Buffer.from(JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request })),
  );
}

it("fills in what the API server leaves out", () => {
  expect(parse(REQUEST)).toEqual({
    request: {
      ...REQUEST,
      subResource: "",
      name: "",
      namespace: "",
      userName: "",
      isDryRun: false,
      object: null,
      oldObject: null,
    },
  });
});

it("never throws, and keeps the uid where there is one", () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom(...Object.keys(REQUEST), "dryRun", "object", "namespace"),
      (value, key) => {
        const parsed = parse({ ...REQUEST, [key]: value });
        const uid = "problem" in parsed ? parsed.uid : parsed.request.uid;
        expect(key === "uid" || uid === "u1").toBe(true);
      },
    ),
  );
});

it("never throws on any bytes", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.json().map((text) => Buffer.from(text)),
      ),
      (bytes) => {
        expect(parseAdmissionReview(bytes)).toHaveProperty("problem");
      },
    ),
  );
});

it("refuses more bytes than allowed", () => {
  const limits = { maxAdmissionReviewBytes: 3, maxJsonDepth: 4 };
  expect(parseAdmissionReview(Buffer.from("null"), limits)).toEqual({ problem: "larger than 3 bytes" });
});
