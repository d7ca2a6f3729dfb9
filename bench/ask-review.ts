// SPDX-License-Identifier: Apache-2.0
import { Agent, request } from "node:https";

/** The answer of a gate, as far as benches read it. */
export interface ReviewAnswer {
  readonly allowed: boolean;
  readonly patch?: string;
  readonly status?: { readonly message?: string };
}

/** Posts a review as text, on a connection of its own unless an agent keeps some. */
export async function askReview(admissionUrl: string, body: string, agent?: Agent): Promise<ReviewAnswer> {
  return await new Promise((resolve, reject) => {
    const sent = request(
      `${admissionUrl}/admit`,
      {
        method: "POST",
        agent: agent ?? new Agent({ keepAlive: false }),
        rejectUnauthorized: false,
        headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => {
          text += chunk;
        });
        answer.once("end", () => {
          try {
            resolve((JSON.parse(text) as { readonly response: ReviewAnswer }).response);
          } catch (error) {
            reject(new Error(`${answer.statusCode}: ${text.slice(0, 200)}`, { cause: error }));
          }
        });
        answer.once("error", reject);
      },
    );
    sent.once("error", reject);
    sent.end(body);
  });
}
