// SPDX-License-Identifier: Apache-2.0
import { type Check, type ClauseLevel, checkId } from "./check.ts";

/** What distribution-spec 1.1 asks of registries, in our words, under the heading where it stands. */
export interface Requirement {
  readonly clause: string;
  readonly level: Exclude<ClauseLevel, "OWN">;
  readonly text: string;
  /** Which checks look at it, by the beginning of their names (see `checkId`), `*` for any characters. */
  readonly checks: readonly string[];
  /** Why none can, from outside. */
  readonly unseen?: string;
}

const PULL = "Pulling manifests";
const BLOBS = "Pulling blobs";
const EXISTS = "Checking if content exists in the registry";
const PUT = "POST then PUT";
const POST = "Single POST";
const CHUNKS = "Pushing a blob in chunks";
const CANCEL = "Cancel a blob upload";
const MOUNT = "Mounting a blob from another repository";
const PUSH = "Pushing Manifests";
const SUBJECT = "Pushing Manifests with Subject";
const TAGS = "Listing Tags";
const REFERRERS = "Listing Referrers";
const ERRORS = "Error Codes";

/** In the order of the specification. What it asks of clients alone is not here. */
export const REQUIREMENTS: readonly Requirement[] = [
  must(PULL, "names of repositories are of the grammar", [`${PULL}: the repository name *`]),
  must(PULL, "a reference is a digest or a tag of the grammar", [`${PULL}: "*tag`, `${ERRORS}: a tag that is none`]),
  must(PULL, "GET of a manifest that is there is 200 with its bytes", [`${PULL}: * is pulled by *`]),
  should(PULL, "Content-Type is the type that it was pushed with, without parameters", [
    `${PULL}: * is pulled by *`,
    `${PUSH}: parameters of Content-Type *`,
  ]),
  must(PULL, "Docker-Content-Digest, which should be there, is its digest", [`${PULL}: * is pulled by *`]),
  must(PULL, "a manifest that is not there is 404", [
    `${ERRORS}: an unknown manifest *`,
    `${ERRORS}: an unknown tag *`,
    `${EXISTS}: HEAD of manifests that nobody pushed *`,
  ]),
  must(BLOBS, "GET of a blob that is there is 200 with its bytes", [`${BLOBS}: a blob of * bytes *`]),
  must(BLOBS, "Docker-Content-Digest, which should be there, is the digest of the body", [
    `${BLOBS}: a blob of * bytes *`,
  ]),
  must(BLOBS, "a blob that is not there is 404", [
    `${ERRORS}: an unknown blob *`,
    `${BLOBS}: a blob of another repository *`,
    `${MOUNT}: a blob is not in a repository before *`,
  ]),
  should(BLOBS, "Range is answered as HTTP says", [`${BLOBS}: Range: *`, `${BLOBS}: a range after *`]),
  must(EXISTS, "HEAD of what is there is 200", [`${EXISTS}: HEAD of a blob *`, `${EXISTS}: HEAD of * is as GET *`]),
  should(EXISTS, "HEAD says digest and length", [`${EXISTS}: HEAD of a blob *`, `${EXISTS}: HEAD of * is as GET *`]),
  must(EXISTS, "HEAD of what is not there is 404", [`${EXISTS}: HEAD of * that nobody pushed *`]),
  must("Push", "a subject need not be there before what refers to it", [
    `${PUSH}: an image with a subject that does not exist *`,
    `${REFERRERS}: referrers of a subject that is missing *`,
  ]),
  must("Push", "a manifest that is refused for what is missing is MANIFEST_BLOB_UNKNOWN", [
    `${ERRORS}: a manifest whose blobs are missing *`,
  ]),
  must(PUT, "POST is 202 with a Location", [`${PUT}: a blob of * bytes*`]),
  must(PUT, "the Location has a UUID of this upload", [`${PUT}: each upload has a Location *`]),
  must(PUT, "PUT of the whole blob is 201 with a Location that can be pulled", [`${PUT}: a blob of * bytes*`]),
  must(PUT, "the digest is that of the blob", [
    `${PUT}: a blob with a wrong digest *`,
    `${PUT}: the end of an upload needs *`,
    `${ERRORS}: content of another digest *`,
    `${ERRORS}: an upload cannot end with *`,
  ]),
  may(POST, "a blob may come with the POST", [`${POST}: a blob of * bytes*`]),
  must(POST, "that is 201 with a Location that can be pulled, and the digest is right", [
    `${POST}: a blob of * bytes*`,
    `${POST}: a wrong digest *`,
  ]),
  should(POST, "a registry that does not do it answers 202 with a Location", [`${POST}: a blob of * bytes*`]),
  should(CHUNKS, "a registry with a smallest chunk says so in OCI-Chunk-Min-Length", [
    `${CHUNKS}: OCI-Chunk-Min-Length*`,
  ]),
  must(CHUNKS, "a chunk is 202 with Location and Range", [`${CHUNKS}: * chunk*, the last one *`]),
  must(CHUNKS, "a chunk out of order is 416", [
    `${CHUNKS}: a chunk that *`,
    `${CHUNKS}: a first chunk that *`,
    `${CHUNKS}: a last chunk out of order *`,
  ]),
  must(CHUNKS, "PUT ends it, with the last chunk or without: 201 with a Location that can be pulled", [
    `${CHUNKS}: * chunk*, the last one *`,
    `${CHUNKS}: the end gives a Location *`,
  ]),
  must(CHUNKS, "the digest at the end is that of the whole blob", [`${CHUNKS}: chunks whose *`]),
  must(CHUNKS, "GET of an upload is 204 with Location and Range", [`${CHUNKS}: GET of an upload *`]),
  should(CANCEL, "DELETE of an upload is 204", [`${CANCEL}: *`]),
  should(
    CANCEL,
    "what nobody finishes ends by itself",
    [],
    "it takes days; src/apps/server/registry/storage has the test",
  ),
  must(MOUNT, "a mount is 201 with a Location that can be pulled", [
    `${MOUNT}: a blob that is there *`,
    `${MOUNT}: an image of mounted blobs *`,
  ]),
  may(MOUNT, "from may be left out", [`${MOUNT}: without from*`]),
  should(MOUNT, "where nothing can be mounted an upload begins: 202", [`${MOUNT}: a blob that is not there *`]),
  must(PUSH, "PUT of a manifest is 201 with a Location that can be pulled", [`${PUSH}: * is pushed by tag*`]),
  must(PUSH, "a tag leads to what was pushed to it", [
    `${PUSH}: a tag leads to *`,
    `${PUSH}: the same manifest can be pushed *`,
  ]),
  must(PUSH, "a manifest is kept in the bytes in which it came", [
    `${PUSH}: a manifest is stored in the exact bytes *`,
    `${PUSH}: an index whose child *`,
  ]),
  must(PUSH, "Docker-Content-Digest, which should be there, is the digest that was pushed to", [
    `${PUSH}: * is pushed by digest*`,
    `${PUSH}: a manifest under a wrong digest *`,
  ]),
  should(PUSH, "parameters of Content-Type are ignored", [`${PUSH}: parameters of Content-Type *`]),
  must(PUSH, "a repository that is not there is 404 for pulls", [
    `${ERRORS}: an unknown manifest *`,
    `${ERRORS}: the tags of an unknown repository *`,
  ]),
  should(PUSH, "manifests of 4 MiB are taken", [
    `${PUSH}: a manifest of 4 MiB *`,
    `${PUSH}: * with a manifest of 3.9 MB *`,
  ]),
  should(PUSH, "what is larger than the registry takes is 413", [`${PUSH}: a manifest that is larger *`]),
  may(PUSH, "tags may come with a push to a digest (main branch)", [`${PUSH}: tags can come *`]),
  must(SUBJECT, "a registry with the referrers API answers with OCI-Subject", [`${SUBJECT}: *`]),
  must(TAGS, "tags of a repository that is there are 200, and may be none", [
    `${TAGS}: a repository of manifests without tags *`,
    `${TAGS}: all tags are listed *`,
  ]),
  must(TAGS, "tags are in order, under the name of the repository, as JSON", [
    `${TAGS}: all tags are listed *`,
    `${TAGS}: the answer is JSON`,
  ]),
  must(TAGS, "n gives so many, fewer only at the end or with a Link", [`${TAGS}: n=*`]),
  must(TAGS, "n=0 gives none, and no Link", [`${TAGS}: n=0 *`]),
  must(TAGS, "last gives what comes after it, with n or without", [`${TAGS}: last=*`, `${TAGS}: n and last *`]),
  may(TAGS, "a Link leads to the next page", [`${TAGS}: the Link header *`]),
  must(REFERRERS, "a registry with the API never answers 404, for a digest that nothing refers to either", [
    `${REFERRERS}: a digest that nothing refers to *`,
    `${REFERRERS}: the answer is an OCI index*`,
  ]),
  must(REFERRERS, "what is no digest is 400", [`${REFERRERS}: referrers of "*`]),
  must(REFERRERS, "the answer is an OCI index, empty where there is nothing", [
    `${REFERRERS}: a digest that nothing refers to *`,
    `${REFERRERS}: the answer is an OCI index*`,
  ]),
  must(REFERRERS, "each referrer has the artifact type that it or its config says, an index without one has none", [
    `${REFERRERS}: * is listed with media type*`,
  ]),
  must(REFERRERS, "all that has the digest as subject in this repository is listed, and nothing else", [
    `${REFERRERS}: all of several *`,
    `${REFERRERS}: referrers of another repository *`,
    `${REFERRERS}: a referrer that was deleted *`,
    `${REFERRERS}: referrers of a subject by SHA-512 *`,
  ]),
  must(REFERRERS, "each referrer has its annotations", [`${REFERRERS}: * is listed with media type*`]),
  must(REFERRERS, "a Link leads on where one answer does not hold all", [`${REFERRERS}: all of several *`]),
  should(REFERRERS, "artifactType filters", [`${REFERRERS}: artifactType filters*`]),
  must(REFERRERS, "a filter that was applied is named in OCI-Filters-Applied", [
    `${REFERRERS}: artifactType filters, and *`,
    `${REFERRERS}: without a filter *`,
  ]),
  must("Deleting tags", "a tag is deleted with 202, or tags cannot be deleted: 400 or 405", ["Deleting tags: *"]),
  must("Deleting Manifests", "a manifest is deleted with 202, or none can be: 400 or 405", [
    "Deleting Manifests: * is deleted by digest *",
  ]),
  must("Deleting Manifests", "of a repository that is not there: 404", [
    "Deleting Manifests: a manifest of a repository that is not there *",
    "Deleting Manifests: a manifest that is not there *",
  ]),
  must("Deleting Blobs", "a blob is deleted with 202, or none can be: 400 or 405", [
    "Deleting Blobs: a blob is deleted *",
  ]),
  must("Deleting Blobs", "a blob that is not there is 404", ["Deleting Blobs: a blob that is not there *"]),
  may("Registry Proxying", "ns may be ignored", ["Registry Proxying: *"]),
  should("Registry Proxying", "a registry that minds ns answers with OCI-Namespace", ["Registry Proxying: *"]),
  must("Unavailable Referrers API", "where there is no API clients keep the list under a tag", [
    "Unavailable Referrers API: *",
  ]),
  may("Referrers Tag Schema", "clients may push a list on a condition", ["Conditional requests: a push to a tag *"]),
  must(
    "Enabling the Referrers API",
    "what was pushed with a list in a tag before is in the list",
    [],
    "ours has had the API from the first version on; what an import brings is pushed anew",
  ),
  must("Enabling the Referrers API", "what is pushed with a subject from then on is in the list", [
    `${REFERRERS}: * is listed with media type*`,
    `${REFERRERS}: all of several *`,
  ]),
  must("Determining Support", "GET /v2/ is 200", ["Determining Support: *"]),
  must(ERRORS, "an answer in JSON has a list of errors", [`${ERRORS}: *`]),
  must(ERRORS, "codes are those of the list", [
    `${ERRORS}: *`,
    `${CHUNKS}: the answer to a chunk out of order*`,
    `${CHUNKS}: GET of an upload that*`,
  ]),
  must("Warnings", "a Warning has the code 299, the agent - and no date; all are at most 4096 bytes", ["Warnings: *"]),
];

/** The checks that look at it. */
export function checksOf({ checks: patterns }: Requirement, checks: readonly Check[]): readonly Check[] {
  const expressions = patterns.map(
    (pattern) => new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll("*", ".*")}`),
  );
  return checks.filter((check) => expressions.some((expression) => expression.test(checkId(check))));
}

function must(clause: string, text: string, checks: readonly string[], unseen?: string): Requirement {
  return { clause, level: "MUST", text, checks, ...(unseen === undefined ? {} : { unseen }) };
}

function should(clause: string, text: string, checks: readonly string[], unseen?: string): Requirement {
  return { clause, level: "SHOULD", text, checks, ...(unseen === undefined ? {} : { unseen }) };
}

function may(clause: string, text: string, checks: readonly string[]): Requirement {
  return { clause, level: "MAY", text, checks };
}
