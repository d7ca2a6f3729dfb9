// SPDX-License-Identifier: Apache-2.0
import { assigned, prefixed, type SecretRule } from "../secret-rule.ts";

const UUID = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}";

/** Language models and data science. */
export const MODEL_RULES: readonly SecretRule[] = [
  prefixed(
    { id: "openai-project-key", vendor: "OpenAI", credential: "apiKey", severity: "critical" },
    "sk-proj-",
    "[A-Za-z0-9_\\-]{40,200}",
  ),
  prefixed(
    { id: "openai-service-account-key", vendor: "OpenAI", credential: "apiKey", severity: "critical" },
    "sk-svcacct-",
    "[A-Za-z0-9_\\-]{40,200}",
  ),
  prefixed(
    { id: "openai-admin-key", vendor: "OpenAI", credential: "apiKey", severity: "critical" },
    "sk-admin-",
    "[A-Za-z0-9_\\-]{40,200}",
  ),
  assigned(
    { id: "openai-api-key", vendor: "OpenAI", credential: "apiKey", severity: "critical" },
    ["openai", "api_key", "apikey"],
    "sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}",
    { shown: 3 },
  ),
  prefixed(
    { id: "anthropic-api-key", vendor: "Anthropic", credential: "apiKey", severity: "critical" },
    "sk-ant-api",
    "[0-9]{2}-[A-Za-z0-9_\\-]{80,120}",
  ),
  prefixed(
    { id: "anthropic-admin-key", vendor: "Anthropic", credential: "apiKey", severity: "critical" },
    "sk-ant-admin",
    "[0-9]{2}-[A-Za-z0-9_\\-]{80,120}",
  ),
  prefixed(
    { id: "huggingface-access-token", vendor: "Hugging Face", credential: "accessToken" },
    "hf_",
    "[A-Za-z]{34}",
  ),
  prefixed(
    { id: "huggingface-organization-token", vendor: "Hugging Face", credential: "accessToken" },
    "api_org_",
    "[A-Za-z]{34}",
  ),
  prefixed({ id: "replicate-api-token", vendor: "Replicate", credential: "apiKey" }, "r8_", "[A-Za-z0-9]{37}"),
  prefixed({ id: "groq-api-key", vendor: "Groq", credential: "apiKey" }, "gsk_", "[A-Za-z0-9]{52}"),
  prefixed({ id: "perplexity-api-key", vendor: "Perplexity", credential: "apiKey" }, "pplx-", "[A-Za-z0-9]{48,56}"),
  prefixed({ id: "openrouter-api-key", vendor: "OpenRouter", credential: "apiKey" }, "sk-or-v1-", "[0-9a-f]{64}"),
  prefixed({ id: "xai-api-key", vendor: "xAI", credential: "apiKey" }, "xai-", "[A-Za-z0-9]{70,90}"),
  prefixed({ id: "nvidia-api-key", vendor: "NVIDIA", credential: "apiKey" }, "nvapi-", "[A-Za-z0-9_\\-]{60,70}"),
  prefixed(
    { id: "langsmith-api-key", vendor: "LangSmith", credential: "apiKey" },
    "lsv2_",
    "(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}",
  ),
  assigned(
    { id: "cohere-api-key", vendor: "Cohere", credential: "apiKey" },
    ["cohere", "co_api_key"],
    "[A-Za-z0-9]{40}",
    { minEntropy: 3.8 },
  ),
  assigned({ id: "mistral-api-key", vendor: "Mistral AI", credential: "apiKey" }, "mistral", "[A-Za-z0-9]{32}", {
    names: "[A-Za-z0-9_.\\-]{0,6}[kK][eE][yY]",
    minEntropy: 3.8,
  }),
  assigned(
    { id: "elevenlabs-api-key", vendor: "ElevenLabs", credential: "apiKey" },
    ["elevenlabs", "xi-api-key", "eleven_labs"],
    "(?:sk_[0-9a-f]{48}|[0-9a-f]{32})",
    { minEntropy: 3 },
  ),
  assigned(
    { id: "pinecone-api-key", vendor: "Pinecone", credential: "apiKey" },
    "pinecone",
    `(?:pcsk_[A-Za-z0-9_]{60,80}|${UUID})`,
    { minEntropy: 3 },
  ),
  assigned({ id: "wandb-api-key", vendor: "Weights & Biases", credential: "apiKey" }, ["wandb"], "[0-9a-f]{40}", {
    minEntropy: 3,
  }),
  prefixed(
    { id: "databricks-access-token", vendor: "Databricks", credential: "accessToken", severity: "critical" },
    "dapi",
    "[0-9a-f]{32}(?:-[0-9])?",
    { minEntropy: 3 },
  ),
  assigned(
    { id: "kaggle-api-key", vendor: "Kaggle", credential: "apiKey", severity: "medium" },
    ["kaggle_key", "kaggle"],
    "[0-9a-f]{32}",
    { names: '[A-Za-z0-9_.\\-"{ :,]{0,80}?[kK][eE][yY]', minEntropy: 3 },
  ),
  assigned(
    { id: "snowflake-password", vendor: "Snowflake", credential: "password" },
    ["snowflake_password", "snowsql_pwd"],
    "[^\\s\"'$<{]{8,100}",
    { names: "", minEntropy: 2.8 },
  ),
];
