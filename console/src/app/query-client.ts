// SPDX-License-Identifier: Apache-2.0
import { QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiFailure } from "../api/client.ts";

/** The cache of answers. A refusal because of the session makes the session be asked for again, which shows the login. */
export function createQueryClient(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        const isSession = query.queryKey[0] === "session";
        if (!isSession && error instanceof ApiFailure && isSessionFailure(error)) {
          void client.resetQueries({ queryKey: ["session"] });
        }
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        retry: (count, error) =>
          count < 2 && !(error instanceof ApiFailure && error.status >= 400 && error.status < 500),
      },
    },
  });
  return client;
}

function isSessionFailure(failure: ApiFailure): boolean {
  return failure.status === 401 || failure.code === "PASSWORD_CHANGE_REQUIRED";
}
