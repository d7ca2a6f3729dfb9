// SPDX-License-Identifier: Apache-2.0
import { listVisible } from "../access/visible-repositories.ts";
import { RegistryError } from "../errors.ts";
import { nextPage, readPage } from "./page.ts";
import type { RoutedRequest } from "./route.ts";

/** `GET /v2/<name>/tags/list` in ASCII order, page by page. */
export async function listTags({ parts, exchange, repository }: RoutedRequest): Promise<void> {
  const page = readPage(exchange);
  const tags = await parts.store.listTags(repository, { ...page, limit: page.limit + 1 });
  if (tags.length === 0 && !(await parts.store.hasRepository(repository))) {
    throw new RegistryError("NAME_UNKNOWN", "repository name not known to registry", { details: { name: repository } });
  }
  const body = Buffer.from(JSON.stringify({ name: repository, tags: tags.slice(0, page.limit) }));
  const link = nextPage(`/v2/${repository}/tags/list`, page, tags);
  exchange.send(200, { "content-type": "application/json", ...link }, body);
}

/** `GET /v2/_catalog`: the repositories that the account may read, page by page. Only for accounts. */
export async function listRepositories({ parts, exchange, access }: RoutedRequest): Promise<void> {
  const page = readPage(exchange);
  const names = await listVisible(access, { ...page, limit: page.limit + 1 }, (each) =>
    parts.store.listRepositories(each),
  );
  const body = Buffer.from(JSON.stringify({ repositories: names.slice(0, page.limit) }));
  exchange.send(200, { "content-type": "application/json", ...nextPage("/v2/_catalog", page, names) }, body);
}
