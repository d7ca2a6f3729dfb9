// SPDX-License-Identifier: Apache-2.0
import { API_GROUP } from "#base";
import type { KubeResource } from "./kube-client.ts";

const PORTIERIS_GROUP = "portieris.cloud.ibm.com";
const CISE_GROUP = "securityenforcement.admission.cloud.ibm.com";

/** A kind in {@link RESOURCES}. */
export type KubeResourceName =
  | "namespaces"
  | "nodes"
  | "pods"
  | "secrets"
  | "configMaps"
  | "serviceAccounts"
  | "services"
  | "replicationControllers"
  | "coreEvents"
  | "events"
  | "deployments"
  | "replicaSets"
  | "daemonSets"
  | "statefulSets"
  | "jobs"
  | "cronJobs"
  | "leases"
  | "mutatingWebhookConfigurations"
  | "validatingWebhookConfigurations"
  | "customResourceDefinitions"
  | "subjectAccessReviews"
  | "imagePolicies"
  | "clusterImagePolicies"
  | "policyExceptions"
  | "portierisImagePolicies"
  | "portierisClusterImagePolicies"
  | "ciseImagePolicies"
  | "ciseClusterImagePolicies"
  | "policyReports"
  | "clusterPolicyReports"
  | "openReports"
  | "openClusterReports";

/** The kinds that Haechi reads or writes. */
export const RESOURCES: Readonly<Record<KubeResourceName, KubeResource>> = {
  namespaces: ofCluster("", "v1", "namespaces"),
  nodes: ofCluster("", "v1", "nodes"),
  pods: namespaced("", "v1", "pods"),
  secrets: namespaced("", "v1", "secrets"),
  configMaps: namespaced("", "v1", "configmaps"),
  serviceAccounts: namespaced("", "v1", "serviceaccounts"),
  services: namespaced("", "v1", "services"),
  replicationControllers: namespaced("", "v1", "replicationcontrollers"),
  coreEvents: namespaced("", "v1", "events"),
  events: namespaced("events.k8s.io", "v1", "events"),
  deployments: namespaced("apps", "v1", "deployments"),
  replicaSets: namespaced("apps", "v1", "replicasets"),
  daemonSets: namespaced("apps", "v1", "daemonsets"),
  statefulSets: namespaced("apps", "v1", "statefulsets"),
  jobs: namespaced("batch", "v1", "jobs"),
  cronJobs: namespaced("batch", "v1", "cronjobs"),
  leases: namespaced("coordination.k8s.io", "v1", "leases"),
  mutatingWebhookConfigurations: ofCluster("admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations"),
  validatingWebhookConfigurations: ofCluster("admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations"),
  customResourceDefinitions: ofCluster("apiextensions.k8s.io", "v1", "customresourcedefinitions"),
  subjectAccessReviews: ofCluster("authorization.k8s.io", "v1", "subjectaccessreviews"),
  imagePolicies: namespaced(API_GROUP, "v1", "imagepolicies"),
  clusterImagePolicies: ofCluster(API_GROUP, "v1", "clusterimagepolicies"),
  policyExceptions: namespaced(API_GROUP, "v1", "policyexceptions"),
  portierisImagePolicies: namespaced(PORTIERIS_GROUP, "v1", "imagepolicies"),
  portierisClusterImagePolicies: ofCluster(PORTIERIS_GROUP, "v1", "clusterimagepolicies"),
  ciseImagePolicies: namespaced(CISE_GROUP, "v1beta1", "imagepolicies"),
  ciseClusterImagePolicies: ofCluster(CISE_GROUP, "v1beta1", "clusterimagepolicies"),
  policyReports: namespaced("wgpolicyk8s.io", "v1alpha2", "policyreports"),
  clusterPolicyReports: ofCluster("wgpolicyk8s.io", "v1alpha2", "clusterpolicyreports"),
  openReports: namespaced("openreports.io", "v1alpha1", "reports"),
  openClusterReports: ofCluster("openreports.io", "v1alpha1", "clusterreports"),
};

/** How RBAC and error messages name a kind: `deployments.apps`, `pods`. */
export function resourceName({ group, plural }: KubeResource): string {
  return group === "" ? plural : `${plural}.${group}`;
}

function namespaced(group: string, version: string, plural: string): KubeResource {
  return { group, version, plural, isNamespaced: true };
}

function ofCluster(group: string, version: string, plural: string): KubeResource {
  return { group, version, plural, isNamespaced: false };
}
