// SPDX-License-Identifier: Apache-2.0
export { type ClusterComponents, openClusterComponents } from "./cluster-components.ts";
export { type Cluster, type ClusterOptions, openCluster } from "./open-cluster.ts";
