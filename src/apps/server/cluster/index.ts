// SPDX-License-Identifier: Apache-2.0
export { type Cluster, type ClusterOptions, openCluster } from "./open-cluster.ts";
