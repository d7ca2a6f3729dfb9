// SPDX-License-Identifier: Apache-2.0
import { assigned, prefixed, type SecretRule, shaped } from "../secret-rule.ts";

const UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}";

/** Source hosting, building and package registries. */
export const SOURCE_RULES: readonly SecretRule[] = [
  prefixed(
    { id: "github-personal-access-token", vendor: "GitHub", credential: "personalAccessToken", severity: "critical" },
    "ghp_",
    "[A-Za-z0-9]{36}",
  ),
  prefixed(
    { id: "github-fine-grained-token", vendor: "GitHub", credential: "personalAccessToken", severity: "critical" },
    "github_pat_",
    "[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
  ),
  prefixed(
    { id: "github-oauth-token", vendor: "GitHub", credential: "accessToken", severity: "critical" },
    "gho_",
    "[A-Za-z0-9]{36}",
  ),
  prefixed(
    { id: "github-user-token", vendor: "GitHub App", credential: "accessToken", severity: "critical" },
    "ghu_",
    "[A-Za-z0-9]{36}",
  ),
  prefixed(
    { id: "github-app-token", vendor: "GitHub App", credential: "appToken", severity: "critical" },
    "ghs_",
    "[A-Za-z0-9]{36}",
  ),
  prefixed(
    { id: "github-refresh-token", vendor: "GitHub", credential: "refreshToken", severity: "critical" },
    "ghr_",
    "[A-Za-z0-9]{36,76}",
  ),
  prefixed(
    { id: "gitlab-personal-access-token", vendor: "GitLab", credential: "personalAccessToken", severity: "critical" },
    "glpat-",
    "[A-Za-z0-9_\\-]{20}(?:[A-Za-z0-9_\\-.]{7,60})?",
  ),
  prefixed({ id: "gitlab-deploy-token", vendor: "GitLab", credential: "deployToken" }, "gldt-", "[A-Za-z0-9_\\-]{20}"),
  prefixed(
    { id: "gitlab-runner-token", vendor: "GitLab", credential: "registrationToken" },
    "glrt-",
    "[A-Za-z0-9_\\-]{20}",
  ),
  prefixed(
    { id: "gitlab-runner-registration-token", vendor: "GitLab", credential: "registrationToken" },
    "GR1348941",
    "[A-Za-z0-9_\\-]{20}",
  ),
  prefixed(
    { id: "gitlab-job-token", vendor: "GitLab", credential: "sessionToken" },
    "glcbt-",
    "[A-Za-z0-9]{1,5}_[A-Za-z0-9_\\-]{20}",
  ),
  prefixed(
    { id: "gitlab-pipeline-trigger-token", vendor: "GitLab", credential: "accessToken" },
    "glptt-",
    "[0-9a-f]{40}",
  ),
  prefixed(
    { id: "gitlab-agent-token", vendor: "GitLab", credential: "accessToken" },
    "glagent-",
    "[A-Za-z0-9_\\-]{50}",
  ),
  prefixed(
    { id: "gitlab-oauth-application-secret", vendor: "GitLab", credential: "clientSecret" },
    "gloas-",
    "[A-Za-z0-9_\\-]{64}",
  ),
  prefixed(
    { id: "gitlab-feed-token", vendor: "GitLab", credential: "accessToken", severity: "medium" },
    "glft-",
    "[A-Za-z0-9_\\-]{20}",
  ),
  prefixed(
    { id: "gitlab-incoming-mail-token", vendor: "GitLab", credential: "accessToken", severity: "medium" },
    "glimt-",
    "[A-Za-z0-9_\\-]{25}",
  ),
  prefixed({ id: "gitlab-scim-token", vendor: "GitLab", credential: "accessToken" }, "glsoat-", "[A-Za-z0-9_\\-]{20}"),
  prefixed({ id: "bitbucket-app-password", vendor: "Bitbucket", credential: "password" }, "ATBB", "[A-Za-z0-9]{32}", {
    minEntropy: 3.2,
  }),
  assigned(
    { id: "bitbucket-client-secret", vendor: "Bitbucket", credential: "clientSecret" },
    ["bitbucket_client_secret", "bitbucket_secret", "bitbucket_token"],
    "[A-Za-z0-9_=\\-]{32,64}",
    { names: "", minEntropy: 3.5 },
  ),
  prefixed(
    { id: "atlassian-api-token", vendor: "Atlassian", credential: "apiKey", severity: "critical" },
    "ATATT3",
    "[A-Za-z0-9_\\-=]{150,250}",
  ),
  assigned(
    { id: "atlassian-legacy-token", vendor: "Atlassian", credential: "apiKey" },
    ["jira_api_token", "jira_token", "confluence_token", "atlassian_token", "confluence_api_token"],
    "[A-Za-z0-9]{24}",
    { names: "", minEntropy: 3.2 },
  ),
  prefixed({ id: "gitea-access-token", vendor: "Gitea", credential: "accessToken" }, "gitea_", "[0-9a-f]{40}"),
  assigned(
    { id: "gitea-token-variable", vendor: "Gitea", credential: "accessToken" },
    ["gitea_token", "forgejo_token"],
    "[0-9a-f]{40}",
    { names: "", minEntropy: 3 },
  ),
  prefixed(
    { id: "npm-access-token", vendor: "npm", credential: "accessToken", severity: "critical" },
    "npm_",
    "[A-Za-z0-9]{36}",
  ),
  shaped(
    { id: "npmrc-auth-token", vendor: "npm", credential: "accessToken", severity: "critical" },
    [":_authtoken"],
    /:_authToken[ \t]{0,4}=[ \t]{0,4}"?([A-Za-z0-9_\-.+/=]{16,512})/iy,
    { isInsideWord: true, minEntropy: 2.8 },
  ),
  shaped(
    { id: "npmrc-password", vendor: "npm", credential: "password", severity: "critical" },
    ["_password", "_auth"],
    /(?:_password|_auth)[ \t]{0,4}=[ \t]{0,4}"?([A-Za-z0-9+/]{8,512}={0,2})(?![A-Za-z0-9+/])/y,
    { isInsideWord: true, files: /(?:^|\/)\.?npmrc$/ },
  ),
  shaped(
    { id: "yarnrc-auth-token", vendor: "Yarn", credential: "accessToken" },
    ["npmauthtoken", "npmauthident"],
    /npmAuth(?:Token|Ident)["']?:[ \t]{0,4}["']?([^\s"'${]{8,512})/iy,
    { minEntropy: 2.8 },
  ),
  prefixed(
    { id: "pypi-upload-token", vendor: "PyPI", credential: "accessToken", severity: "critical" },
    "pypi-AgE",
    "[A-Za-z0-9_\\-]{50,1000}",
  ),
  shaped(
    { id: "pypirc-password", vendor: "PyPI", credential: "password" },
    ["password"],
    /password[ \t]{0,4}[:=][ \t]{0,4}([^\s#]{6,512})/iy,
    { files: /(?:^|\/)\.pypirc$/ },
  ),
  shaped(
    { id: "pip-index-credentials", vendor: "pip", credential: "password" },
    ["index-url", "index_url"],
    /index[-_]url[ \t]{0,4}[= ][ \t]{0,4}["']?https?:\/\/[^\s:@/]{1,100}:([^\s@/$]{4,256})@/iy,
    { isInsideWord: true },
  ),
  prefixed(
    { id: "rubygems-api-key", vendor: "RubyGems", credential: "apiKey", severity: "critical" },
    "rubygems_",
    "[0-9a-f]{48}",
  ),
  shaped(
    { id: "rubygems-credentials", vendor: "RubyGems", credential: "apiKey" },
    [":rubygems_api_key", "_api_key:"],
    /(?::rubygems)?_api_key:[ \t]{0,4}["']?([0-9a-f]{32,64})(?![0-9a-f])/y,
    { isInsideWord: true, files: /(?:^|\/)\.gem\/credentials$/ },
  ),
  assigned(
    { id: "crates-io-token", vendor: "crates.io", credential: "apiKey", severity: "critical" },
    ["token", "cargo_registry"],
    "cio[A-Za-z0-9]{32}",
    { names: "[A-Za-z0-9_]{0,30}", shown: 3 },
  ),
  assigned(
    { id: "nuget-api-key", vendor: "NuGet", credential: "apiKey", severity: "critical" },
    ["nuget", "apikey", "api_key", "api-key"],
    "oy2[a-z0-9]{43}",
    { shown: 3 },
  ),
  shaped(
    { id: "nuget-config-password", vendor: "NuGet", credential: "password" },
    ["cleartextpassword"],
    /ClearTextPassword["'][ \t]{1,4}value[ \t]{0,4}=[ \t]{0,4}["']([^"'%$]{4,256})["']/iy,
  ),
  prefixed(
    { id: "packagist-token", vendor: "Packagist", credential: "apiKey" },
    "packagist_",
    "(?:[a-z]{3}_)?[0-9a-f]{60,80}",
  ),
  shaped(
    { id: "composer-auth", vendor: "Composer", credential: "password" },
    ["github-oauth", "http-basic", "gitlab-token", "bitbucket-oauth"],
    /(?:github-oauth|http-basic|gitlab-token|bitbucket-oauth)["'][\s\S]{1,200}?(?:password["'][ \t]{0,4}:|\.[a-z]{2,6}["'][ \t]{0,4}:)[ \t]{0,4}["']([^"'${]{8,256})["']/y,
    { files: /(?:^|\/)auth\.json$/, minEntropy: 2.5 },
  ),
  prefixed(
    {
      id: "docker-personal-access-token",
      vendor: "Docker Hub",
      credential: "personalAccessToken",
      severity: "critical",
    },
    "dckr_pat_",
    "[A-Za-z0-9_\\-]{27}",
  ),
  prefixed(
    { id: "docker-organization-access-token", vendor: "Docker Hub", credential: "accessToken", severity: "critical" },
    "dckr_oat_",
    "[A-Za-z0-9_\\-]{20,48}",
  ),
  shaped(
    { id: "docker-swarm-join-token", vendor: "Docker Swarm", credential: "registrationToken" },
    ["swmtkn-1-"],
    /(SWMTKN-1-[a-z0-9]{50}-[a-z0-9]{25})(?![a-z0-9])/y,
    { shown: 9 },
  ),
  shaped(
    { id: "docker-swarm-unlock-key", vendor: "Docker Swarm", credential: "encryptionKey" },
    ["swmkey-1-"],
    /(SWMKEY-1-[A-Za-z0-9+/]{43})(?![A-Za-z0-9])/y,
    { shown: 9 },
  ),
  assigned(
    { id: "artifactory-api-key", vendor: "JFrog Artifactory", credential: "apiKey" },
    ["artifactory", "jfrog", "x-jfrog-art-api"],
    "(?:AKCp[A-Za-z0-9]{69}|cmVmd[A-Za-z0-9]{59})",
    { shown: 4 },
  ),
  prefixed({ id: "jfrog-access-token", vendor: "JFrog Artifactory", credential: "apiKey" }, "AKCp", "[A-Za-z0-9]{69}"),
  assigned(
    { id: "circleci-token", vendor: "CircleCI", credential: "accessToken" },
    ["circleci", "circle_token"],
    "(?:CCI(?:PAT|PRJ)_[A-Za-z0-9_]{60,80}|[0-9a-f]{40})",
    { minEntropy: 3 },
  ),
  assigned(
    { id: "travis-ci-token", vendor: "Travis CI", credential: "accessToken" },
    ["travis_token", "travis_api_token", "travisci"],
    "[A-Za-z0-9_\\-]{22}",
    { minEntropy: 3.2 },
  ),
  prefixed(
    { id: "buildkite-agent-token", vendor: "Buildkite", credential: "registrationToken" },
    "bkua_",
    "[0-9a-f]{40}",
  ),
  assigned(
    { id: "drone-ci-token", vendor: "Drone CI", credential: "accessToken" },
    ["drone_token", "drone_rpc_secret"],
    "[A-Za-z0-9]{32}",
    { names: "", minEntropy: 3 },
  ),
  assigned({ id: "jenkins-api-token", vendor: "Jenkins", credential: "apiKey" }, ["jenkins"], "11[0-9a-f]{32}", {
    minEntropy: 3,
  }),
  assigned({ id: "codecov-token", vendor: "Codecov", credential: "accessToken", severity: "medium" }, "codecov", UUID, {
    minEntropy: 3,
  }),
  prefixed({ id: "sonarqube-user-token", vendor: "SonarQube", credential: "accessToken" }, "squ_", "[0-9a-f]{40}"),
  prefixed({ id: "sonarqube-project-token", vendor: "SonarQube", credential: "accessToken" }, "sqp_", "[0-9a-f]{40}"),
  prefixed({ id: "sonarqube-global-token", vendor: "SonarQube", credential: "accessToken" }, "sqa_", "[0-9a-f]{40}"),
  assigned({ id: "snyk-api-token", vendor: "Snyk", credential: "apiKey" }, "snyk", UUID, { minEntropy: 3 }),
  prefixed(
    { id: "sourcegraph-access-token", vendor: "Sourcegraph", credential: "accessToken" },
    "sgp_",
    "(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}",
  ),
  shaped(
    { id: "terraform-cloud-token", vendor: "HCP Terraform", credential: "apiKey", severity: "critical" },
    [".atlasv1."],
    /(\.atlasv1\.[A-Za-z0-9_=-]{60,70})(?![A-Za-z0-9_=-])/y,
    { isInsideWord: true, shown: 9 },
  ),
  prefixed(
    { id: "vault-service-token", vendor: "HashiCorp Vault", credential: "accessToken", severity: "critical" },
    "hvs.",
    "[A-Za-z0-9_\\-]{90,120}",
  ),
  prefixed(
    { id: "vault-batch-token", vendor: "HashiCorp Vault", credential: "accessToken", severity: "critical" },
    "hvb.",
    "[A-Za-z0-9_\\-]{130,320}",
  ),
  assigned(
    { id: "vault-token-variable", vendor: "HashiCorp Vault", credential: "accessToken", severity: "critical" },
    ["vault_token"],
    "s\\.[A-Za-z0-9]{24}",
    { names: "" },
  ),
  assigned(
    { id: "consul-http-token", vendor: "HashiCorp Consul", credential: "accessToken" },
    ["consul_http_token", "consul_token"],
    UUID,
    { names: "", minEntropy: 3 },
  ),
  assigned({ id: "nomad-token", vendor: "HashiCorp Nomad", credential: "accessToken" }, ["nomad_token"], UUID, {
    names: "",
    minEntropy: 3,
  }),
  prefixed(
    { id: "pulumi-access-token", vendor: "Pulumi", credential: "accessToken", severity: "critical" },
    "pul-",
    "[0-9a-f]{40}",
  ),
  prefixed(
    { id: "doppler-token", vendor: "Doppler", credential: "accessToken", severity: "critical" },
    "dp.pt.",
    "[A-Za-z0-9]{40,44}",
  ),
  shaped(
    { id: "doppler-service-token", vendor: "Doppler", credential: "accessToken", severity: "critical" },
    ["dp.st.", "dp.sa.", "dp.ct.", "dp.scim.", "dp.audit."],
    /(dp\.(?:st|sa|ct|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44})(?![A-Za-z0-9])/y,
    { shown: 6 },
  ),
  assigned(
    { id: "infisical-service-token", vendor: "Infisical", credential: "accessToken" },
    "infisical",
    "st\\.[0-9a-f]{24}\\.[0-9a-f]{24}\\.[0-9a-f]{32}",
    { shown: 3 },
  ),
  prefixed(
    { id: "onepassword-service-account-token", vendor: "1Password", credential: "accessToken", severity: "critical" },
    "ops_eyJ",
    "[A-Za-z0-9+/_\\-]{250,1500}={0,3}",
  ),
  shaped(
    { id: "age-secret-key", vendor: "age", credential: "encryptionKey", severity: "critical" },
    ["age-secret-key-1"],
    /(AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})(?![A-Z0-9])/y,
    { shown: 16 },
  ),
  prefixed({ id: "scalingo-token", vendor: "Scalingo", credential: "apiKey" }, "tk-us-", "[A-Za-z0-9_\\-]{48}"),
  prefixed({ id: "postman-api-key", vendor: "Postman", credential: "apiKey" }, "PMAK-", "[0-9a-f]{24}-[0-9a-f]{34}"),
  prefixed(
    { id: "readme-api-key", vendor: "ReadMe", credential: "apiKey", severity: "medium" },
    "rdme_",
    "[a-z0-9]{70}",
  ),
  prefixed({ id: "prefect-api-key", vendor: "Prefect", credential: "apiKey" }, "pnu_", "[A-Za-z0-9]{36}"),
  assigned(
    { id: "launchdarkly-sdk-key", vendor: "LaunchDarkly", credential: "apiKey" },
    ["launchdarkly", "ld_sdk_key"],
    `(?:sdk|api|mob)-${UUID}`,
    { shown: 4 },
  ),
  assigned(
    { id: "lokalise-api-token", vendor: "Lokalise", credential: "apiKey", severity: "medium" },
    "lokalise",
    "[0-9a-f]{40}",
    { minEntropy: 3 },
  ),
  prefixed(
    { id: "tailscale-key", vendor: "Tailscale", credential: "accessToken", severity: "critical" },
    "tskey-",
    "(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{8,24}-[A-Za-z0-9]{16,48}",
  ),
  assigned(
    { id: "ngrok-auth-token", vendor: "ngrok", credential: "accessToken" },
    "ngrok",
    "[0-9][A-Za-z0-9]{26}_[A-Za-z0-9]{20,24}",
    {},
  ),
];
