// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { findSecrets } from "../find-secrets.ts";
import { SECRET_RULES } from "./secret-rules.ts";

// Examples are put together here while the test runs, from letters that a small generator makes: no scanner finds them in this file.

let state = 7;

function letters(alphabet: string, length: number): string {
  return Array.from({ length }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return alphabet[Math.floor(state / 65_536) % alphabet.length];
  }).join("");
}

const LOWER = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";

function an(length: number): string {
  return letters(`${LOWER}${LOWER.toUpperCase()}${DIGITS}`, length);
}
function low(length: number): string {
  return letters(`${LOWER}${DIGITS}`, length);
}
function up(length: number): string {
  return letters(`${LOWER.toUpperCase()}${DIGITS}`, length);
}
function az(length: number): string {
  return letters(`${LOWER}${LOWER.toUpperCase()}`, length);
}
function hex(length: number): string {
  return letters("0123456789abcdef", length);
}
function num(length: number): string {
  return letters(DIGITS.slice(1), length);
}
function base32(length: number): string {
  return letters(`${LOWER}234567`, length);
}
function uuid(): string {
  return [8, 4, 4, 4, 12].map(hex).join("-");
}
function jwt(): string {
  return `eyJ${"hbGciOiJIUzI1NiJ9"}.eyJ${an(60)}.${an(43)}`;
}
function pem(label: string): string {
  return `-----BEGIN ${label}-----\n${an(64)}\n${an(64)}\n`;
}

/** Rule, what stands before the value, the value, what stands after it, the file. */
type Example = readonly [rule: string, before: string, value: string, after?: string, file?: string];

const EXAMPLES: readonly Example[] = [
  ["private-key-pkcs8", "", pem("PRIVATE KEY")],
  ["private-key-pkcs8-encrypted", "", pem("ENCRYPTED PRIVATE KEY")],
  ["private-key-rsa", "", pem("RSA PRIVATE KEY")],
  ["private-key-ec", "", pem("EC PRIVATE KEY")],
  ["private-key-dsa", "", pem("DSA PRIVATE KEY")],
  ["private-key-openssh", "", pem("OPENSSH PRIVATE KEY")],
  ["private-key-pgp", "", pem("PGP PRIVATE KEY BLOCK")],
  ["private-key-cosign", "", pem("ENCRYPTED COSIGN PRIVATE KEY")],
  ["private-key-sigstore", "", pem("ENCRYPTED SIGSTORE PRIVATE KEY")],
  ["private-key-ssh2", "", pem("SSH2 ENCRYPTED PRIVATE KEY")],
  [
    "private-key-putty",
    "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: k\nPublic-Lines: 1\nAAAA\nPrivate-Lines: 8\n",
    an(64),
  ],
  ["private-key-jwk", '{"kty":"EC","crv":"P-256","d":"', an(43), '"}'],
  ["private-key-wireguard", "PrivateKey = ", `${an(43)}=`, "\n"],
  ["ansible-vault", "", "$ANSIBLE_VAULT;1.1;AES256", "\n"],
  ["aws-access-key-id", "id = ", `AKIA${letters("ABCDEFGHJKLMNPQRSTUVWXYZ234567", 16)}`],
  ["aws-secret-access-key", "aws_secret_access_key = ", an(40)],
  ["aws-session-token", "AWS_SESSION_TOKEN=", an(200)],
  ["aws-mws-auth-token", "", `amzn.mws.${uuid()}`],
  ["aws-bedrock-api-key", "", `ABSK${an(120)}`],
  ["aws-appsync-api-key", "", `da2-${low(26)}`],
  ["google-api-key", "key=", `AIza${an(35)}`],
  ["google-oauth-client-secret", "", `GOCSPX-${an(28)}`],
  ["google-oauth-access-token", "", `ya29.${an(80)}`],
  ["google-oauth-refresh-token", '"refresh_token": "', `1//0${an(60)}`, '"'],
  ["google-service-account-key", '"private_key_id": "', hex(40), '"'],
  ["azure-storage-account-key", "AccountName=x;AccountKey=", `${an(86)}==`],
  ["azure-storage-key-variable", "AZURE_STORAGE_KEY=", `${an(86)}==`],
  ["azure-client-secret", "AZURE_CLIENT_SECRET=", `${an(3)}8Q~${an(34)}`],
  ["azure-shared-access-signature", "https://x.blob.core.windows.net/c?sv=2022&sig=", `${an(43)}%3D`],
  ["azure-shared-access-key", "Endpoint=sb://x/;SharedAccessKey=", `${an(43)}=`],
  ["azure-function-key", "https://x.azurewebsites.net/api/f?code=", `${an(54)}==`],
  ["azure-devops-personal-access-token", "AZURE_DEVOPS_PAT=", base32(52)],
  ["azure-container-registry-password", "docker login x.azurecr.io -u x -p ", `${an(42)}+ACR${an(6)}`],
  ["digitalocean-personal-access-token", "", `dop_v1_${hex(64)}`],
  ["digitalocean-oauth-token", "", `doo_v1_${hex(64)}`],
  ["digitalocean-refresh-token", "", `dor_v1_${hex(64)}`],
  ["digitalocean-spaces-secret", "SPACES_SECRET=", an(43)],
  ["alibaba-access-key-id", "", `LTAI${an(20)}`],
  ["alibaba-access-key-secret", "ALIBABA_CLOUD_ACCESS_KEY_SECRET=", an(30)],
  ["tencent-secret-id", "", `AKID${an(32)}`],
  ["tencent-secret-key", "TENCENTCLOUD_SECRET_KEY=", an(32)],
  ["ibm-cloud-api-key", "IBMCLOUD_API_KEY=", an(44)],
  ["oracle-cloud-ocid-auth-token", "", `ocid1.credential.oc1..${low(60)}`],
  ["heroku-api-key", "HEROKU_API_KEY=", uuid()],
  ["heroku-platform-token", "", `HRKU-AA${an(58)}`],
  ["fly-access-token", "", `fo1_${an(43)}`],
  ["fly-macaroon", "FLY=", `fm2_${an(120)}`],
  ["vercel-access-token", "VERCEL_TOKEN=", an(24)],
  ["netlify-access-token", "NETLIFY_AUTH_TOKEN=", an(43)],
  ["cloudflare-api-token", "CLOUDFLARE_API_TOKEN=", an(40)],
  ["cloudflare-global-api-key", "CLOUDFLARE_API_KEY=", hex(37)],
  ["cloudflare-origin-ca-key", "", `v1.0-${hex(24)}-${hex(146)}`],
  ["fastly-api-token", "FASTLY_API_TOKEN=", an(32)],
  ["linode-api-token", "LINODE_TOKEN=", hex(64)],
  ["hetzner-api-token", "HCLOUD_TOKEN=", an(64)],
  ["vultr-api-key", "VULTR_API_KEY=", up(36)],
  ["scaleway-secret-key", "SCW_SECRET_KEY=", uuid()],
  ["scaleway-access-key", "", `SCWX${up(16)}`],
  ["ovh-application-secret", "OVH_APPLICATION_SECRET=", an(32)],
  ["yandex-cloud-api-key", "", `AQVN${an(36)}`],
  ["yandex-cloud-iam-token", "", `t1.9${an(40)}.${an(86)}`],
  ["naver-cloud-secret-key", "NCLOUD_SECRET_KEY=", an(40)],
  ["naver-cloud-access-key", "", `ncp_iam_${an(24)}`],
  ["nhn-cloud-secret-key", "NHNCLOUD_SECRET_KEY=", an(16)],
  ["kakao-cloud-secret", "KAKAOCLOUD_CREDENTIAL_SECRET=", an(70)],
  ["render-api-key", "RENDER_API_KEY=", `rnd_${an(32)}`],
  ["railway-token", "RAILWAY_TOKEN=", uuid()],
  ["github-personal-access-token", "", `ghp_${an(36)}`],
  ["github-fine-grained-token", "", `github_pat_${an(22)}_${an(59)}`],
  ["github-oauth-token", "", `gho_${an(36)}`],
  ["github-user-token", "", `ghu_${an(36)}`],
  ["github-app-token", "", `ghs_${an(36)}`],
  ["github-refresh-token", "", `ghr_${an(40)}`],
  ["gitlab-personal-access-token", "", `glpat-${an(20)}`],
  ["gitlab-deploy-token", "", `gldt-${an(20)}`],
  ["gitlab-runner-token", "", `glrt-${an(20)}`],
  ["gitlab-runner-registration-token", "", `GR1348941${an(20)}`],
  ["gitlab-job-token", "", `glcbt-64_${an(20)}`],
  ["gitlab-pipeline-trigger-token", "", `glptt-${hex(40)}`],
  ["gitlab-agent-token", "", `glagent-${an(50)}`],
  ["gitlab-oauth-application-secret", "", `gloas-${an(64)}`],
  ["gitlab-feed-token", "", `glft-${an(20)}`],
  ["gitlab-incoming-mail-token", "", `glimt-${an(25)}`],
  ["gitlab-scim-token", "", `glsoat-${an(20)}`],
  ["bitbucket-app-password", "", `ATBB${an(32)}`],
  ["bitbucket-client-secret", "BITBUCKET_CLIENT_SECRET=", an(32)],
  ["atlassian-api-token", "", `ATATT3${an(186)}`],
  ["atlassian-legacy-token", "JIRA_API_TOKEN=", an(24)],
  ["gitea-access-token", "", `gitea_${hex(40)}`],
  ["gitea-token-variable", "GITEA_TOKEN=", hex(40)],
  ["npm-access-token", "", `npm_${an(36)}`],
  ["npmrc-auth-token", "//registry.example.net/:_authToken=", uuid()],
  ["npmrc-password", "//r/:_password=", an(24), "\n", "root/.npmrc"],
  ["yarnrc-auth-token", "npmAuthToken: ", an(36)],
  ["pypi-upload-token", "", `pypi-AgE${an(150)}`],
  ["pypirc-password", "password = ", an(16), "\n", "root/.pypirc"],
  ["pip-index-credentials", "--index-url https://user:", an(16), "@pypi.corp/simple"],
  ["rubygems-api-key", "", `rubygems_${hex(48)}`],
  ["rubygems-credentials", ":rubygems_api_key: ", hex(40), "\n", "root/.gem/credentials"],
  ["crates-io-token", "CARGO_REGISTRY_TOKEN=", `cio${an(32)}`],
  ["nuget-api-key", "NUGET_API_KEY=", `oy2${low(43)}`],
  ["nuget-config-password", '<add key="ClearTextPassword" value="', an(16), '" />'],
  ["packagist-token", "", `packagist_${hex(64)}`],
  [
    "composer-auth",
    '{"http-basic": {"r.corp": {"username": "u", "password": "',
    an(20),
    '"}}}',
    "root/.composer/auth.json",
  ],
  ["docker-personal-access-token", "", `dckr_pat_${an(27)}`],
  ["docker-organization-access-token", "", `dckr_oat_${an(32)}`],
  ["docker-swarm-join-token", "", `SWMTKN-1-${low(50)}-${low(25)}`],
  ["docker-swarm-unlock-key", "", `SWMKEY-1-${an(43)}`],
  ["artifactory-api-key", "ARTIFACTORY_KEY=", `cmVmd${an(59)}`],
  ["jfrog-access-token", "", `AKCp${an(69)}`],
  ["circleci-token", "CIRCLE_TOKEN=", hex(40)],
  ["travis-ci-token", "TRAVIS_TOKEN=", an(22)],
  ["buildkite-agent-token", "", `bkua_${hex(40)}`],
  ["drone-ci-token", "DRONE_TOKEN=", an(32)],
  ["jenkins-api-token", "JENKINS_TOKEN=", `11${hex(32)}`],
  ["codecov-token", "CODECOV_TOKEN=", uuid()],
  ["sonarqube-user-token", "", `squ_${hex(40)}`],
  ["sonarqube-project-token", "", `sqp_${hex(40)}`],
  ["sonarqube-global-token", "", `sqa_${hex(40)}`],
  ["snyk-api-token", "SNYK_TOKEN=", uuid()],
  ["sourcegraph-access-token", "", `sgp_${hex(40)}`],
  ["terraform-cloud-token", "token = ", `${an(14)}.atlasv1.${an(67)}`],
  ["vault-service-token", "", `hvs.${an(95)}`],
  ["vault-batch-token", "", `hvb.${an(140)}`],
  ["vault-token-variable", "VAULT_TOKEN=", `s.${an(24)}`],
  ["consul-http-token", "CONSUL_HTTP_TOKEN=", uuid()],
  ["nomad-token", "NOMAD_TOKEN=", uuid()],
  ["pulumi-access-token", "", `pul-${hex(40)}`],
  ["doppler-token", "", `dp.pt.${an(43)}`],
  ["doppler-service-token", "", `dp.st.dev.${an(43)}`],
  ["infisical-service-token", "INFISICAL_TOKEN=", `st.${hex(24)}.${hex(24)}.${hex(32)}`],
  ["onepassword-service-account-token", "", `ops_eyJ${an(300)}`],
  ["age-secret-key", "", `AGE-SECRET-KEY-1${letters("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)}`],
  ["scalingo-token", "", `tk-us-${an(48)}`],
  ["postman-api-key", "", `PMAK-${hex(24)}-${hex(34)}`],
  ["readme-api-key", "", `rdme_${low(70)}`],
  ["prefect-api-key", "", `pnu_${an(36)}`],
  ["launchdarkly-sdk-key", "LAUNCHDARKLY_SDK_KEY=", `sdk-${uuid()}`],
  ["lokalise-api-token", "LOKALISE_TOKEN=", hex(40)],
  ["tailscale-key", "", `tskey-auth-${an(16)}-${an(32)}`],
  ["ngrok-auth-token", "NGROK_AUTHTOKEN=", `2${an(26)}_${an(22)}`],
  ["slack-bot-token", "", `xoxb-${num(12)}-${num(12)}-${an(24)}`],
  ["slack-user-token", "", `xoxp-${num(12)}-${num(12)}-${num(12)}-${hex(32)}`],
  ["slack-workspace-token", "", `xoxa-2-${num(12)}-${num(12)}-${hex(32)}`],
  ["slack-refresh-token", "", `xoxe-1-${an(146)}`],
  ["slack-app-token", "", `xapp-1-${up(11)}-${num(13)}-${hex(64)}`],
  ["slack-webhook", "https://hooks.slack.com/", `services/T${up(10)}/B${up(10)}/${an(24)}`],
  ["discord-webhook", "https://discord.com/api/webhooks/", `${num(18)}/${an(68)}`],
  ["discord-bot-token", "DISCORD_TOKEN=", `M${an(25)}.${an(6)}.${an(38)}`],
  ["discord-client-secret", "DISCORD_CLIENT_SECRET=", an(32)],
  [
    "teams-webhook",
    "https://x.webhook.office.com/webhookb2/",
    `${uuid()}@${uuid()}/IncomingWebhook/${hex(32)}/${uuid()}`,
  ],
  ["telegram-bot-token", "TELEGRAM_BOT_TOKEN=", `${num(10)}:${an(35)}`],
  ["telegram-bot-url", "https://api.telegram.org/bot", `${num(10)}:${an(35)}`, "/getMe"],
  ["twilio-auth-token", "TWILIO_AUTH_TOKEN=", hex(32)],
  ["twilio-api-key", "TWILIO_API_KEY=", `SK${hex(32)}`],
  ["sendgrid-api-key", "SENDGRID_API_KEY=", `SG.${an(22)}.${an(43)}`],
  ["mailgun-api-key", "", `key-${hex(32)}`],
  ["mailgun-private-key", "MAILGUN_KEY=", `${hex(32)}-${hex(8)}-${hex(8)}`],
  ["mailchimp-api-key", "MAILCHIMP_KEY=", `${hex(32)}-us12`],
  ["mandrill-api-key", "MANDRILL_KEY=", an(22)],
  ["brevo-api-key", "", `xkeysib-${hex(64)}-${an(16)}`],
  ["brevo-smtp-key", "", `xsmtpsib-${hex(64)}-${an(16)}`],
  ["postmark-server-token", "POSTMARK_TOKEN=", uuid()],
  ["resend-api-key", "RESEND_API_KEY=", `re_${an(8)}_${an(24)}`],
  ["intercom-access-token", "INTERCOM_TOKEN=", an(60)],
  ["zendesk-api-token", "ZENDESK_TOKEN=", an(40)],
  ["facebook-app-secret", "FACEBOOK_APP_SECRET=", hex(32)],
  ["facebook-access-token", "", `EAACEdEose0cBA${an(120)}`],
  ["instagram-access-token", "", `IGQV${an(140)}`],
  ["twitter-api-secret", "TWITTER_SECRET=", an(50)],
  ["twitter-bearer-token", "", `${"A".repeat(20)}${an(80)}`],
  ["linkedin-client-secret", "LINKEDIN_CLIENT_SECRET=", an(16)],
  ["kakao-rest-api-key", "KAKAO_REST_API_KEY=", hex(32)],
  ["naver-client-secret", "NAVER_CLIENT_SECRET=", an(10)],
  ["line-channel-secret", "LINE_CHANNEL_SECRET=", hex(32)],
  ["stripe-secret-key", "", `sk_live_${an(24)}`],
  ["stripe-restricted-key", "", `rk_live_${an(24)}`],
  ["stripe-test-key", "", `sk_test_${an(24)}`],
  ["stripe-webhook-secret", "", `whsec_${an(32)}`],
  ["paypal-client-secret", "PAYPAL_SECRET=", `E${an(79)}`],
  ["braintree-access-token", "", `access_token$production$${low(16)}$${hex(32)}`],
  ["square-access-token", "", `EAAA${an(60)}`],
  ["square-oauth-secret", "", `sq0csp-${an(43)}`],
  ["square-legacy-token", "", `sq0atp-${an(22)}`],
  ["shopify-access-token", "", `shpat_${hex(32)}`],
  ["shopify-custom-app-token", "", `shpca_${hex(32)}`],
  ["shopify-private-app-password", "", `shppa_${hex(32)}`],
  ["shopify-shared-secret", "", `shpss_${hex(32)}`],
  ["adyen-api-key", "ADYEN_API_KEY=", `AQE${an(120)}`],
  ["razorpay-key", "", `rzp_live_${an(14)}`],
  ["flutterwave-secret-key", "", `FLWSECK-${hex(32)}-X`],
  ["gocardless-access-token", "", `live_${an(40)}`],
  ["plaid-access-token", "", `access-production-${uuid()}`],
  ["plaid-secret", "PLAID_SECRET=", hex(30)],
  ["toss-payments-secret-key", "", `live_gsk_${an(32)}`],
  ["toss-payments-test-key", "", `test_sk_${an(32)}`],
  ["portone-api-secret", "PORTONE_API_SECRET=", an(80)],
  ["coinbase-api-secret", "COINBASE_SECRET=", an(64)],
  ["openai-project-key", "", `sk-proj-${an(120)}`],
  ["openai-service-account-key", "", `sk-svcacct-${an(120)}`],
  ["openai-admin-key", "", `sk-admin-${an(120)}`],
  ["openai-api-key", "OPENAI_API_KEY=", `sk-${an(20)}T3BlbkFJ${an(20)}`],
  ["anthropic-api-key", "", `sk-ant-api03-${an(95)}`],
  ["anthropic-admin-key", "", `sk-ant-admin01-${an(95)}`],
  ["huggingface-access-token", "", `hf_${az(34)}`],
  ["huggingface-organization-token", "", `api_org_${az(34)}`],
  ["replicate-api-token", "", `r8_${an(37)}`],
  ["groq-api-key", "", `gsk_${an(52)}`],
  ["perplexity-api-key", "", `pplx-${an(48)}`],
  ["openrouter-api-key", "", `sk-or-v1-${hex(64)}`],
  ["xai-api-key", "", `xai-${an(80)}`],
  ["nvidia-api-key", "", `nvapi-${an(64)}`],
  ["langsmith-api-key", "", `lsv2_pt_${hex(32)}_${hex(10)}`],
  ["cohere-api-key", "COHERE_API_KEY=", an(40)],
  ["mistral-api-key", "MISTRAL_API_KEY=", an(32)],
  ["elevenlabs-api-key", "ELEVENLABS_API_KEY=", `sk_${hex(48)}`],
  ["pinecone-api-key", "PINECONE_API_KEY=", uuid()],
  ["wandb-api-key", "WANDB_API_KEY=", hex(40)],
  ["databricks-access-token", "", `dapi${hex(32)}`],
  ["kaggle-api-key", "KAGGLE_KEY=", hex(32)],
  ["snowflake-password", "SNOWFLAKE_PASSWORD=", an(16)],
  ["datadog-api-key", "DD_API_KEY=", hex(32)],
  ["datadog-application-key", "DD_APP_KEY=", hex(40)],
  ["newrelic-user-key", "", `NRAK-${up(27)}`],
  ["newrelic-insert-key", "", `NRII-${an(32)}`],
  ["newrelic-admin-key", "", `NRAA-${hex(27)}`],
  ["newrelic-browser-key", "", `NRJS-${hex(19)}`],
  ["newrelic-license-key", "NEW_RELIC_LICENSE_KEY=", `${hex(36)}NRAL`],
  ["grafana-service-account-token", "", `glsa_${an(32)}_${hex(8)}`],
  ["grafana-cloud-token", "", `glc_${an(100)}`],
  ["grafana-api-key", "", `eyJrIjoi${an(80)}`],
  ["sentry-user-token", "", `sntryu_${hex(64)}`],
  ["sentry-organization-token", "", `sntrys_${an(120)}`],
  ["sentry-auth-token", "SENTRY_AUTH_TOKEN=", hex(64)],
  ["dynatrace-token", "", `dt0c01.${up(24)}.${up(64)}`],
  ["sumologic-access-key", "SUMO_ACCESS_KEY=", an(64)],
  ["pagerduty-api-key", "PAGERDUTY_TOKEN=", an(20)],
  ["opsgenie-api-key", "OPSGENIE_API_KEY=", uuid()],
  ["rollbar-access-token", "ROLLBAR_TOKEN=", hex(32)],
  ["honeycomb-api-key", "HONEYCOMB_API_KEY=", an(22)],
  ["splunk-hec-token", "SPLUNK_TOKEN=", uuid()],
  ["elastic-api-key", "ELASTIC_API_KEY=", an(60)],
  ["logdna-ingestion-key", "LOGDNA_KEY=", hex(32)],
  ["bugsnag-api-key", "BUGSNAG_API_KEY=", hex(32)],
  ["segment-write-key", "SEGMENT_WRITE_KEY=", an(32)],
  ["netrc-password", "machine git.corp login me password ", an(16), "\n", "root/.netrc"],
  ["docker-config-auth", '{"auths":{"r.corp":{"auth": "', an(32), '"}}}', "root/.docker/config.json"],
  ["docker-config-identity-token", '"identitytoken": "', an(40), '"'],
  ["git-credentials", "https://me:", an(20), "@git.corp\n", "root/.git-credentials"],
  ["git-extra-header", "extraheader = AUTHORIZATION: basic ", an(40), "\n", "src/.git/config"],
  ["kubeconfig-client-key", "client-key-data: ", `LS0tLS1CRUdJTi${an(100)}`],
  ["kubeconfig-token", "token: ", an(40), "\n", "root/.kube/config"],
  ["kubeconfig-password", "password: ", an(20), "\n", "root/.kube/config"],
  ["kubernetes-secret-manifest", "kind: Secret\nmetadata:\n  name: x\ndata:\n  key: ", an(24), "\n", "app/secret.yaml"],
  ["kubernetes-service-account-token", "", jwt(), "", "var/run/secrets/kubernetes.io/serviceaccount/token"],
  ["htpasswd", "admin:", `$2y$10$${an(53)}`, "\n", "etc/nginx/.htpasswd"],
  ["shadow-password-hash", "me:", `$6$${an(16)}$${an(86)}`, ":19000:0:99999:7:::\n", "etc/shadow"],
  ["pgpass-password", "db:5432:app:me:", an(16), "\n", "root/.pgpass"],
  ["my-cnf-password", "password=", an(16), "\n", "root/.my.cnf"],
  ["s3cfg-secret-key", "secret_key = ", an(40), "\n", "root/.s3cfg"],
  ["rclone-password", "pass = ", an(32), "\n", "root/.config/rclone/rclone.conf"],
  ["maven-settings-password", "<password>", an(16), "</password>", "root/.m2/settings.xml"],
  ["gradle-properties-password", "nexusPassword=", an(16), "\n", "root/.gradle/gradle.properties"],
  ["tomcat-users-password", '<user username="a" password="', an(12), '"/>', "usr/local/tomcat/conf/tomcat-users.xml"],
  ["rails-master-key", "RAILS_MASTER_KEY=", hex(32)],
  ["django-secret-key", "SECRET_KEY = '", an(50), "'"],
  ["laravel-app-key", "APP_KEY=base64:", `${an(43)}=`],
  ["wordpress-database-password", "define('DB_PASSWORD', '", an(16), "');", "var/www/html/wp-config.php"],
  ["wordpress-auth-key", "define('AUTH_KEY', '", an(64), "');", "var/www/html/wp-config.php"],
  ["filezilla-password", '<Pass encoding="base64">', an(16), "</Pass>", "root/.config/filezilla/sitemanager.xml"],
  ["wifi-passphrase", 'psk="', an(16), '"', "etc/wpa_supplicant/wpa_supplicant.conf"],
  ["cups-or-samba-credentials", "password=", an(12), "\n", "root/.smbcredentials"],
  ["okta-api-token", "OKTA_TOKEN=", `00${an(40)}`],
  ["auth0-client-secret", "AUTH0_CLIENT_SECRET=", an(64)],
  ["clerk-secret-key", "", `sk_clerk_${an(40)}`],
  ["supabase-secret-key", "", `sb_secret_${an(32)}`],
  ["supabase-access-token", "", `sbp_${hex(40)}`],
  ["planetscale-password", "", `pscale_pw_${an(43)}`],
  ["planetscale-token", "", `pscale_tkn_${an(43)}`],
  ["planetscale-oauth-token", "", `pscale_oauth_${an(43)}`],
  ["neon-api-key", "", `napi_${low(64)}`],
  ["mongodb-atlas-private-key", "MONGODB_ATLAS_PRIVATE_KEY=", uuid()],
  ["algolia-admin-key", "ALGOLIA_ADMIN_KEY=", hex(32)],
  ["contentful-management-token", "CONTENTFUL_TOKEN=", `CFPAT-${an(43)}`],
  ["airtable-personal-access-token", "", `pat${an(14)}.${hex(64)}`],
  ["notion-integration-token", "", `ntn_${an(46)}`],
  ["linear-api-key", "", `lin_api_${an(40)}`],
  ["asana-personal-access-token", "", `asana_pat_${an(40)}`],
  ["figma-personal-access-token", "", `figd_${an(40)}`],
  ["dropbox-access-token", "", `sl.B${an(140)}`],
  ["mapbox-secret-token", "", `sk.eyJ${an(80)}.${an(22)}`],
  ["hubspot-private-app-token", "", `pat-na1-${uuid()}`],
  ["salesforce-client-secret", "SALESFORCE_CLIENT_SECRET=", letters("0123456789ABCDEF", 64)],
  ["etsy-keystring", "ETSY_API_KEY=", low(24)],
  ["easypost-api-key", "", `EZAK${an(54)}`],
  ["duffel-access-token", "", `duffel_live_${an(43)}`],
  ["shippo-api-token", "", `shippo_live_${hex(40)}`],
  ["frameio-token", "", `fio-u-${an(64)}`],
  ["typeform-token", "", `tfp_${an(59)}`],
  ["data-go-kr-service-key", "http://apis.data.go.kr/x?serviceKey=", `${an(86)}%3D%3D`],
  ["oauth-client-secret", "client_secret=", an(40)],
  ["postgresql-connection-string", "postgres://me:", an(16), "@db:5432/app"],
  ["mysql-connection-string", "mysql://me:", an(16), "@db/app"],
  ["mongodb-connection-string", "mongodb+srv://me:", an(16), "@db/app"],
  ["redis-connection-string", "redis://:", an(16), "@cache:6379"],
  ["amqp-connection-string", "amqp://me:", an(16), "@mq"],
  ["ldap-connection-string", "ldaps://cn=x:", an(16), "@ldap"],
  ["smtp-connection-string", "smtp://me:", an(16), "@mail"],
  ["ftp-connection-string", "sftp://me:", an(16), "@files"],
  ["clickhouse-connection-string", "clickhouse://me:", an(16), "@ch"],
  ["nats-connection-string", "nats://me:", an(16), "@mq"],
  ["jdbc-password", "jdbc:oracle:thin@db?user=me&password=", an(16)],
  ["ado-net-password", "Server=db,1433;Database=app;User Id=me;Password=", an(16), ";"],
  ["sql-create-user-password", "CREATE USER me IDENTIFIED BY '", an(16), "'"],
  ["url-password", "https://me:", an(16), "@host.corp/x"],
  ["jwt", "", jwt()],
  ["authorization-header", "Authorization: Bearer ", an(40)],
  ["curl-user-password", "curl -u me:", an(16), " x"],
  ["sshpass-password", "sshpass -p ", an(12), " ssh x"],
  ["chpasswd-password", "echo 'root:", an(12), "' | chpasswd"],
  ["password-assignment", "DB_PASSWORD=", an(16), "\n", "app/.env"],
  ["secret-assignment", "APP_SECRET=", an(32), "\n", "app/.env"],
  ["token-assignment", "MY_TOKEN=", an(32), "\n", "app/.env"],
  ["api-key-assignment", "MY_API_KEY=", an(32), "\n", "app/.env"],
];

function idsIn(text: string, file = "opt/app/settings.json"): readonly string[] {
  return findSecrets(Buffer.from(text), { path: file }).secrets.map(({ rule }) => rule.id);
}

describe("secret rules", () => {
  it("each has an example", () => {
    expect(EXAMPLES.map(([rule]) => rule).toSorted()).toEqual(SECRET_RULES.map(({ id }) => id).toSorted());
    expect(SECRET_RULES.length).toBeGreaterThanOrEqual(150);
  });

  it.each(EXAMPLES.map(([rule, before, value, after = "", file]) => ({ rule, before, value, after, file })))(
    "$rule",
    ({ rule, before, value, after, file }) => {
      // Nothing is found where a value only has the right length, where a placeholder stands, or in part of a longer word.
      expect(idsIn(`${before}${"x".repeat(value.length)}${after}`, file)).not.toContain(rule);
      expect(idsIn(`${before}<your-value>${after}`, file)).not.toContain(rule);
      expect(idsIn(`x = 1\n${before}${value}${after}`, file)).toContain(rule);
    },
  );

  it.each(EXAMPLES.map(([rule, before, value, after = "", file]) => ({ rule, before, value, after, file })))(
    "$rule is told without its value",
    ({ before, value, after, file }) => {
      const { secrets } = findSecrets(Buffer.from(`${before}${value}${after}`), { path: file ?? "a" });
      const told = secrets.map(({ masked }) => masked).join(" ");
      expect(secrets).not.toEqual([]);
      expect(told).not.toContain(value.trim().slice(-Math.min(12, Math.ceil(value.trim().length / 2))));
    },
  );
});
