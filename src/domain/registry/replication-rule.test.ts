// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  copiesRepository,
  copiesTag,
  destinationOf,
  isRuleName,
  namedRepositories,
  parseReplicationRule,
  type ReplicationRule,
} from "./replication-rule.ts";

const RULE: ReplicationRule = {
  direction: "push",
  registry: "registry.example:5000",
  duplicates: "skip",
  trigger: { kind: "off" },
};

describe("a rule that is refused", () => {
  it.each([
    { name: "nothing", document: undefined },
    { name: "a field that there is not", document: { ...RULE, password: "x" } },
    { name: "a URL for a host", document: { ...RULE, registry: "https://registry.example" } },
    { name: "credentials in clear", document: { ...RULE, credentials: "admin:secret" } },
    { name: "a path for a prefix", document: { ...RULE, destination: { addPrefix: "../up" } } },
    { name: "an empty list, which would copy nothing", document: { ...RULE, repositories: [] } },
    { name: "a pull by event", document: { ...RULE, direction: "pull", trigger: { kind: "event" } } },
    { name: "a pull of allowed images", document: { ...RULE, direction: "pull", onlyAllowed: true } },
    { name: "deletions by schedule", document: { ...RULE, copiesDeletions: true } },
    { name: "a limit that nothing gets through", document: { ...RULE, maxBytesPerSecond: 1 } },
    { name: "a schedule without a time", document: { ...RULE, trigger: { kind: "schedule" } } },
  ])("$name", ({ document }) => {
    expect(parseReplicationRule(document)).toEqual({ problem: expect.any(String) });
  });

  it("whatever is in a document, it is a rule or a problem", () => {
    const some = fc.oneof(
      fc.anything(),
      fc.record({ ...Object.fromEntries(Object.keys(RULE).map((key) => [key, fc.anything()])) }),
    );
    fc.assert(
      fc.property(some, (document) => {
        expect(Object.keys(parseReplicationRule(document))).toEqual([expect.stringMatching(/^(?:rule|problem)$/)]);
      }),
    );
  });
});

it("a rule is read as it was written", () => {
  const rule: ReplicationRule = {
    ...RULE,
    repositories: ["team/*"],
    tags: ["v*", "!*-rc"],
    destination: { removePrefix: "team", addPrefix: "mirror" },
    trigger: { kind: "schedule", cron: "0 3 * * *", timeZone: "Asia/Seoul" },
    onlyAllowed: true,
  };
  expect(parseReplicationRule(structuredClone(rule))).toEqual({ rule });
});

describe("what a rule copies", () => {
  it.each([
    { repositories: undefined, repository: "any/thing", is: true },
    { repositories: ["team/*"], repository: "team/app", is: true },
    { repositories: ["team/*"], repository: "team", is: false },
    { repositories: ["team"], repository: "team/app", is: false },
    { repositories: ["a", "team/a*p"], repository: "team/app", is: true },
  ])("repositories $repositories, $repository: $is", ({ repositories, repository, is }) => {
    expect(copiesRepository({ ...RULE, ...(repositories === undefined ? {} : { repositories }) }, repository)).toBe(is);
  });

  const hex = "0".repeat(64);
  it.each([
    { tags: undefined, excludedTags: undefined, tag: "1.0", is: true },
    { tags: undefined, excludedTags: undefined, tag: `sha256-${hex}.sig`, is: false },
    { tags: ["*"], excludedTags: undefined, tag: `sha256-${hex}`, is: false },
    { tags: ["1.*"], excludedTags: undefined, tag: "2.0", is: false },
    { tags: ["1.*"], excludedTags: ["*-rc"], tag: "1.0-rc", is: false },
    { tags: undefined, excludedTags: ["dev*"], tag: "dev1", is: false },
    { tags: undefined, excludedTags: ["dev*"], tag: "1.0", is: true },
  ])("tags $tags without $excludedTags, $tag: $is", ({ tags, excludedTags, tag, is }) => {
    const filters = {
      ...(tags === undefined ? {} : { tags }),
      ...(excludedTags === undefined ? {} : { excludedTags }),
    };
    expect(copiesTag({ ...RULE, ...filters }, tag)).toBe(is);
  });
});

it.each([
  { destination: undefined, repository: "team/app", name: "team/app" },
  { destination: { addPrefix: "mirror" }, repository: "team/app", name: "mirror/team/app" },
  { destination: { removePrefix: "team" }, repository: "team/app", name: "app" },
  { destination: { removePrefix: "team" }, repository: "teamwork/app", name: "teamwork/app" },
  { destination: { removePrefix: "team", addPrefix: "b/c" }, repository: "team/x/app", name: "b/c/x/app" },
  { destination: { addPrefix: "m".repeat(250) }, repository: "team/app", name: undefined },
])("$repository by $destination is $name", ({ destination, repository, name }) => {
  expect(destinationOf({ ...RULE, ...(destination === undefined ? {} : { destination }) }, repository)).toBe(name);
});

it("only where every repository is named one by one, nobody has to be asked which there are", () => {
  expect(namedRepositories(RULE)).toBeUndefined();
  expect(namedRepositories({ ...RULE, repositories: ["a", "b*"] })).toBeUndefined();
  expect(namedRepositories({ ...RULE, repositories: ["a", "b"] })).toEqual(["a", "b"]);
});

it.each([
  { name: "nightly", is: true },
  { name: "to.seoul-2_x", is: true },
  { name: "", is: false },
  { name: "-a", is: false },
  { name: "a/b", is: false },
  { name: "A", is: false },
  { name: "a".repeat(65), is: false },
])("the name $name: $is", ({ name, is }) => {
  expect(isRuleName(name)).toBe(is);
});
