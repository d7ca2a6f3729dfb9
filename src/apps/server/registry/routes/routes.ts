// SPDX-License-Identifier: Apache-2.0
import type { RegistryPath } from "../http/registry-path.ts";
import { answerBase } from "./base.ts";
import { deleteBlob, readBlob } from "./blobs.ts";
import { listRepositories, listTags } from "./lists.ts";
import { deleteManifest, pushManifest, readManifest } from "./manifests.ts";
import { listReferrers } from "./referrers.ts";
import type { Route } from "./route.ts";
import { issueToken } from "./token.ts";
import { appendToUpload, cancelUpload, finishUpload, showUpload, startUpload } from "./uploads.ts";

/** Every path and method that is answered; all else is `UNSUPPORTED`. */
export const ROUTES: Readonly<Record<RegistryPath["kind"], Readonly<Partial<Record<string, Route>>>>> = {
  base: {
    GET: { needs: "account", handle: answerBase },
    HEAD: { needs: "account", handle: answerBase },
  },
  token: { GET: { needs: "open", handle: issueToken } },
  catalog: {
    GET: { needs: "account", handle: listRepositories },
    HEAD: { needs: "account", handle: listRepositories },
  },
  tags: {
    GET: { needs: "pull", handle: listTags },
    HEAD: { needs: "pull", handle: listTags },
  },
  manifest: {
    GET: { needs: "pull", handle: readManifest },
    HEAD: { needs: "pull", handle: readManifest },
    PUT: { needs: "push", handle: pushManifest },
    DELETE: { needs: "delete", handle: deleteManifest },
  },
  blob: {
    GET: { needs: "pull", handle: readBlob },
    HEAD: { needs: "pull", handle: readBlob },
    DELETE: { needs: "delete", handle: deleteBlob },
  },
  uploads: { POST: { needs: "push", handle: startUpload } },
  upload: {
    GET: { needs: "push", handle: showUpload },
    PATCH: { needs: "push", handle: appendToUpload },
    PUT: { needs: "push", handle: finishUpload },
    DELETE: { needs: "push", handle: cancelUpload },
  },
  referrers: {
    GET: { needs: "pull", handle: listReferrers },
    HEAD: { needs: "pull", handle: listReferrers },
  },
};
