// SPDX-License-Identifier: Apache-2.0
import { assigned, prefixed, type SecretRule, shaped } from "../secret-rule.ts";

const UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}";

/** Chat, mail, telephony and advertising. */
export const MESSAGING_RULES: readonly SecretRule[] = [
  prefixed(
    { id: "slack-bot-token", vendor: "Slack", credential: "botToken" },
    "xoxb-",
    "[0-9]{8,14}-[A-Za-z0-9\\-]{18,60}",
  ),
  prefixed(
    { id: "slack-user-token", vendor: "Slack", credential: "accessToken", severity: "critical" },
    "xoxp-",
    "[0-9]{8,14}-[0-9]{8,14}-[A-Za-z0-9\\-]{20,70}",
  ),
  prefixed(
    { id: "slack-workspace-token", vendor: "Slack", credential: "accessToken" },
    "xoxa-",
    "(?:[0-9]-)?[0-9]{8,14}-[A-Za-z0-9\\-]{20,70}",
  ),
  prefixed(
    { id: "slack-refresh-token", vendor: "Slack", credential: "refreshToken" },
    "xoxe-",
    "[0-9]-[A-Za-z0-9]{140,170}",
  ),
  prefixed(
    { id: "slack-app-token", vendor: "Slack", credential: "appToken" },
    "xapp-",
    "[0-9]-[A-Z0-9]{8,14}-[0-9]{8,14}-[a-z0-9]{60,70}",
  ),
  shaped(
    { id: "slack-webhook", vendor: "Slack", credential: "webhookUrl" },
    ["hooks.slack.com"],
    /hooks\.slack\.com\/((?:services\/T|workflows\/T|triggers\/T)[A-Za-z0-9/]{30,80})(?![A-Za-z0-9/])/y,
    { minEntropy: 3.2 },
  ),
  shaped(
    { id: "discord-webhook", vendor: "Discord", credential: "webhookUrl" },
    ["discord.com/api/webhooks", "discordapp.com/api/webhooks"],
    /discord(?:app)?\.com\/api\/webhooks\/[0-9]{17,20}\/([A-Za-z0-9_-]{60,70})(?![A-Za-z0-9_-])/y,
    { isInsideWord: true, minEntropy: 3.5 },
  ),
  assigned(
    { id: "discord-bot-token", vendor: "Discord", credential: "botToken" },
    "discord",
    "[MNO][A-Za-z0-9_\\-]{23,27}\\.[A-Za-z0-9_\\-]{6}\\.[A-Za-z0-9_\\-]{27,38}",
    {},
  ),
  assigned(
    { id: "discord-client-secret", vendor: "Discord", credential: "clientSecret" },
    ["discord_client_secret", "discord_secret"],
    "[A-Za-z0-9_\\-]{32}",
    { names: "", minEntropy: 3.5 },
  ),
  shaped(
    { id: "teams-webhook", vendor: "Microsoft Teams", credential: "webhookUrl" },
    ["webhook.office.com", "outlook.office.com/webhook"],
    /(?:webhook\.office\.com\/webhookb2|outlook\.office\.com\/webhook)\/([0-9a-f-]{36}@[0-9a-f-]{36}\/IncomingWebhook\/[0-9a-f]{32}\/[0-9a-f-]{36})/y,
    { isInsideWord: true },
  ),
  assigned(
    { id: "telegram-bot-token", vendor: "Telegram", credential: "botToken" },
    ["telegram", "bot_token", "api.telegram.org/bot"],
    "[0-9]{8,10}:[A-Za-z0-9_\\-]{35}",
    { names: "[A-Za-z0-9_.\\-]{0,30}", minEntropy: 3.5 },
  ),
  shaped(
    { id: "telegram-bot-url", vendor: "Telegram", credential: "botToken" },
    ["api.telegram.org/bot"],
    /api\.telegram\.org\/bot([0-9]{8,10}:[A-Za-z0-9_-]{35})(?![A-Za-z0-9_-])/y,
  ),
  assigned({ id: "twilio-auth-token", vendor: "Twilio", credential: "accessToken" }, "twilio", "[0-9a-f]{32}", {
    minEntropy: 3,
  }),
  assigned({ id: "twilio-api-key", vendor: "Twilio", credential: "apiKey" }, "twilio", "SK[0-9a-f]{32}", { shown: 2 }),
  assigned(
    { id: "sendgrid-api-key", vendor: "SendGrid", credential: "apiKey" },
    ["sendgrid", "api_key", "apikey", "smtp_pass"],
    "SG\\.[A-Za-z0-9_\\-]{20,24}\\.[A-Za-z0-9_\\-]{39,50}",
    { shown: 3 },
  ),
  prefixed({ id: "mailgun-api-key", vendor: "Mailgun", credential: "apiKey" }, "key-", "[0-9a-f]{32}", {
    minEntropy: 3,
  }),
  assigned(
    { id: "mailgun-private-key", vendor: "Mailgun", credential: "apiKey" },
    "mailgun",
    "[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}",
    { minEntropy: 3 },
  ),
  assigned(
    { id: "mailchimp-api-key", vendor: "Mailchimp", credential: "apiKey" },
    ["mailchimp", "mandrill"],
    "[0-9a-f]{32}-us[0-9]{1,2}",
    { minEntropy: 3 },
  ),
  assigned(
    { id: "mandrill-api-key", vendor: "Mandrill", credential: "apiKey" },
    ["mandrill"],
    "(?:md-)?[A-Za-z0-9_\\-]{22}",
    { minEntropy: 3.2 },
  ),
  prefixed({ id: "brevo-api-key", vendor: "Brevo", credential: "apiKey" }, "xkeysib-", "[0-9a-f]{64}-[A-Za-z0-9]{16}"),
  prefixed(
    { id: "brevo-smtp-key", vendor: "Brevo", credential: "password" },
    "xsmtpsib-",
    "[0-9a-f]{64}-[A-Za-z0-9]{16}",
  ),
  assigned({ id: "postmark-server-token", vendor: "Postmark", credential: "apiKey" }, "postmark", UUID, {
    minEntropy: 3,
  }),
  assigned(
    { id: "resend-api-key", vendor: "Resend", credential: "apiKey" },
    ["resend"],
    "re_[A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,26}",
    { shown: 3 },
  ),
  assigned(
    { id: "intercom-access-token", vendor: "Intercom", credential: "accessToken" },
    "intercom",
    "[A-Za-z0-9_=\\-]{60}",
    { minEntropy: 3.8 },
  ),
  assigned({ id: "zendesk-api-token", vendor: "Zendesk", credential: "apiKey" }, "zendesk", "[A-Za-z0-9]{40}", {
    minEntropy: 3.8,
  }),
  assigned(
    { id: "facebook-app-secret", vendor: "Facebook", credential: "clientSecret" },
    ["facebook", "fb_app_secret", "fb_secret"],
    "[0-9a-f]{32}",
    { minEntropy: 3 },
  ),
  prefixed(
    { id: "facebook-access-token", vendor: "Facebook", credential: "accessToken" },
    "EAACEdEose0cBA",
    "[A-Za-z0-9]{20,300}",
  ),
  prefixed(
    { id: "instagram-access-token", vendor: "Instagram", credential: "accessToken" },
    "IGQV",
    "[A-Za-z0-9_\\-]{80,300}",
    { minEntropy: 3.5 },
  ),
  assigned({ id: "twitter-api-secret", vendor: "X", credential: "clientSecret" }, ["twitter"], "[A-Za-z0-9]{45,50}", {
    minEntropy: 4,
  }),
  prefixed(
    { id: "twitter-bearer-token", vendor: "X", credential: "accessToken" },
    "AAAAAAAAAAAAAAAAAAAA",
    "[A-Za-z0-9%]{60,120}",
  ),
  assigned(
    { id: "linkedin-client-secret", vendor: "LinkedIn", credential: "clientSecret" },
    "linkedin",
    "(?:WPL_AP[0-9]\\.[A-Za-z0-9.=]{16,40}|[A-Za-z0-9]{16})",
    { names: "[A-Za-z0-9_.\\-]{0,12}[sS][eE][cC][rR][eE][tT]", minEntropy: 3 },
  ),
  assigned({ id: "kakao-rest-api-key", vendor: "Kakao", credential: "apiKey" }, ["kakao"], "[0-9a-f]{32}", {
    minEntropy: 3,
  }),
  assigned(
    { id: "naver-client-secret", vendor: "NAVER", credential: "clientSecret", severity: "medium" },
    ["naver_client_secret", "naver.client-secret", "naver_secret", "x-naver-client-secret", "naver-client-secret"],
    "[A-Za-z0-9_]{10}",
    { names: "", minEntropy: 2.5 },
  ),
  assigned(
    { id: "line-channel-secret", vendor: "LINE", credential: "clientSecret" },
    ["line_channel", "line.channel", "line.bot"],
    "(?:[0-9a-f]{32}|[A-Za-z0-9+/]{160,180}={0,2})",
    { minEntropy: 3 },
  ),
];
