// SPDX-License-Identifier: Apache-2.0
import { assigned, prefixed, type SecretRule } from "../secret-rule.ts";

const UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}";

/** Watching and error reporting. */
export const OBSERVABILITY_RULES: readonly SecretRule[] = [
  assigned(
    { id: "datadog-api-key", vendor: "Datadog", credential: "apiKey" },
    ["datadog", "dd_api_key"],
    "[0-9a-f]{32}",
    { minEntropy: 3 },
  ),
  assigned(
    { id: "datadog-application-key", vendor: "Datadog", credential: "apiKey" },
    ["datadog", "dd_app_key"],
    "[0-9a-f]{40}",
    { minEntropy: 3 },
  ),
  prefixed({ id: "newrelic-user-key", vendor: "New Relic", credential: "apiKey" }, "NRAK-", "[A-Z0-9]{27}"),
  prefixed({ id: "newrelic-insert-key", vendor: "New Relic", credential: "apiKey" }, "NRII-", "[A-Za-z0-9_\\-]{32}"),
  prefixed({ id: "newrelic-admin-key", vendor: "New Relic", credential: "apiKey" }, "NRAA-", "[0-9a-f]{27}"),
  prefixed(
    { id: "newrelic-browser-key", vendor: "New Relic", credential: "apiKey", severity: "low" },
    "NRJS-",
    "[0-9a-f]{19}",
  ),
  assigned(
    { id: "newrelic-license-key", vendor: "New Relic", credential: "licenseKey" },
    ["newrelic", "new_relic"],
    "[0-9a-f]{36}NRAL",
    { minEntropy: 3 },
  ),
  prefixed(
    { id: "grafana-service-account-token", vendor: "Grafana", credential: "accessToken" },
    "glsa_",
    "[A-Za-z0-9]{32}_[0-9a-fA-F]{8}",
  ),
  prefixed(
    { id: "grafana-cloud-token", vendor: "Grafana Cloud", credential: "accessToken" },
    "glc_",
    "[A-Za-z0-9+/]{32,400}={0,2}",
  ),
  prefixed({ id: "grafana-api-key", vendor: "Grafana", credential: "apiKey" }, "eyJrIjoi", "[A-Za-z0-9]{50,400}={0,2}"),
  prefixed({ id: "sentry-user-token", vendor: "Sentry", credential: "accessToken" }, "sntryu_", "[0-9a-f]{64}"),
  prefixed(
    { id: "sentry-organization-token", vendor: "Sentry", credential: "accessToken" },
    "sntrys_",
    "[A-Za-z0-9+/=_]{80,400}",
  ),
  assigned(
    { id: "sentry-auth-token", vendor: "Sentry", credential: "accessToken" },
    ["sentry_auth_token", "sentry_token"],
    "[0-9a-f]{64}",
    { names: "", minEntropy: 3 },
  ),
  prefixed(
    { id: "dynatrace-token", vendor: "Dynatrace", credential: "accessToken" },
    "dt0c01.",
    "[A-Z0-9]{24}\\.[A-Z0-9]{64}",
  ),
  assigned(
    { id: "sumologic-access-key", vendor: "Sumo Logic", credential: "secretKey" },
    ["sumo_access", "sumologic", "sumo_logic"],
    "[A-Za-z0-9]{64}",
    { minEntropy: 3.8 },
  ),
  assigned(
    { id: "pagerduty-api-key", vendor: "PagerDuty", credential: "apiKey" },
    ["pagerduty", "pager_duty"],
    "(?:[A-Za-z0-9_+\\-]{20}|[0-9a-f]{32})",
    { minEntropy: 3.2 },
  ),
  assigned({ id: "opsgenie-api-key", vendor: "Opsgenie", credential: "apiKey" }, "opsgenie", UUID, { minEntropy: 3 }),
  assigned(
    { id: "rollbar-access-token", vendor: "Rollbar", credential: "accessToken", severity: "medium" },
    "rollbar",
    "[0-9a-f]{32}",
    { minEntropy: 3 },
  ),
  assigned(
    { id: "honeycomb-api-key", vendor: "Honeycomb", credential: "apiKey" },
    "honeycomb",
    "(?:hc[a-z]ik_[a-z0-9]{58}|[A-Za-z0-9]{22}|[0-9a-f]{32})",
    { names: "[A-Za-z0-9_.\\-]{0,20}[kK][eE][yY]", minEntropy: 3 },
  ),
  assigned({ id: "splunk-hec-token", vendor: "Splunk", credential: "accessToken" }, "splunk", UUID, { minEntropy: 3 }),
  assigned(
    { id: "elastic-api-key", vendor: "Elastic", credential: "apiKey" },
    ["elastic_api_key", "elasticsearch_api_key", "elastic_cloud_api_key"],
    "[A-Za-z0-9_\\-+/]{40,80}={0,2}",
    { names: "", minEntropy: 3.8 },
  ),
  assigned({ id: "logdna-ingestion-key", vendor: "LogDNA", credential: "apiKey" }, "logdna", "[0-9a-f]{32}", {
    minEntropy: 3,
  }),
  assigned(
    { id: "bugsnag-api-key", vendor: "Bugsnag", credential: "apiKey", severity: "low" },
    "bugsnag",
    "[0-9a-f]{32}",
    { minEntropy: 3 },
  ),
  assigned(
    { id: "segment-write-key", vendor: "Segment", credential: "apiKey", severity: "medium" },
    ["segment_write_key", "segment_key"],
    "[A-Za-z0-9]{32}",
    { names: "", minEntropy: 3.5 },
  ),
];
