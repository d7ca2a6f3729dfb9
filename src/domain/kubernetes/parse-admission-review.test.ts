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
      userGroups: [],
      userUid: "",
      userExtra: undefined,
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

it.each([
  ["uid", ""],
  ["uid", "u".repeat(257)],
  ["uid", 7],
  ["kind", null],
  ["kind", { group: "", version: "v1" }],
  ["kind", { group: 1, version: "v1", kind: "Pod" }],
  ["resource", []],
  ["resource", { group: "", version: "v1", kind: "pods" }],
  ["subResource", null],
  ["name", 1],
  ["namespace", "n".repeat(1_025)],
  ["operation", "PATCH"],
  ["operation", undefined],
  ["userInfo", null],
  ["userInfo", { username: 1 }],
  ["userInfo", { uid: {} }],
  ["userInfo", { groups: "all" }],
  ["userInfo", { groups: [1] }],
  ["userInfo", { groups: Array.from({ length: 10_001 }, () => "g") }],
  ["dryRun", "true"],
])("refuses %s as %j, and says where", (key, value) => {
  const parsed = parse({ ...REQUEST, [key]: value });
  expect("problem" in parsed && parsed.problem).toContain(`request.${key}`);
  expect(parsed).toEqual({ problem: expect.any(String), ...(key === "uid" ? {} : { uid: "u1" }) });
});

it.each([
  { apiVersion: "admission.k8s.io/v1beta1", kind: "AdmissionReview", request: REQUEST },
  { apiVersion: "admission.k8s.io/v1", kind: "Pod", request: REQUEST },
  { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview" },
  { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: null },
  [],
  null,
  7,
])("refuses what is no review of version 1: %j", (review) => {
  expect(parseAdmissionReview(Buffer.from(JSON.stringify(review)))).toHaveProperty("problem");
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

it("leaves out the managed fields of the objects, and only those", () => {
  const managedFields = [{ manager: "kubectl", fieldsV1: { 'k:{"name":"]"}': {} } }];
  const metadata = { name: "a", managedFields };
  const object = { metadata, spec: { managedFields, template: { metadata } } };
  const userInfo = { extra: { managedFields: ["x"] } };
  const parsed = parse({ ...REQUEST, userInfo, object, oldObject: object, options: { metadata } });
  const emptied = { ...object, metadata: { ...metadata, managedFields: [] } };
  expect(parsed).toMatchObject({ request: { object: emptied, oldObject: emptied, userExtra: userInfo.extra } });
});

it("refuses more bytes than allowed", () => {
  const limits = { maxAdmissionReviewBytes: 3, maxJsonDepth: 4 };
  expect(parseAdmissionReview(Buffer.from("null"), limits)).toEqual({ problem: "larger than 3 bytes" });
});
