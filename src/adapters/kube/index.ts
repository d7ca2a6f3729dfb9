// SPDX-License-Identifier: Apache-2.0
export { KubeError, type KubeErrorCode } from "./errors.ts";
export type { InClusterServer } from "./in-cluster-credentials.ts";
export type {
  KubeCallOptions,
  KubeClient,
  KubeEvent,
  KubeListPlace,
  KubeMetadata,
  KubeObject,
  KubePage,
  KubePlace,
  KubeResource,
  KubeWatchOptions,
} from "./kube-client.ts";
export type { KubeconfigChoice } from "./kubeconfig-credentials.ts";
export { type KubeClientOptions, openKubeClient } from "./open-kube-client.ts";
export { type KubeResourceName, RESOURCES, resourceName } from "./resources.ts";
export {
  type RestartReason,
  type SupervisedWatch,
  type SupervisedWatchOptions,
  superviseWatch,
  type WatchState,
} from "./supervise-watch.ts";
export type { WatchTiming } from "./watch-backoff.ts";
export { type ObjectChange, objectKey } from "./watched-objects.ts";
