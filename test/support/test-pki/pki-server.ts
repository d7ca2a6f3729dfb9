// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestCertificate } from "./test-certificate.ts";
import { createTestTimestamp } from "./test-timestamp.ts";
import { derInteger, derSequence } from "./write-der.ts";

/** What authorities offer over HTTP: revocation lists, OCSP and timestamps, on a free loopback port. */
export interface PkiServer extends AsyncDisposable {
  /** e.g. `http://127.0.0.1:4711`. */
  readonly url: string;
  /** Answers by path; whoever is not there gets 404. Set by the test, also while it runs. */
  readonly answers: Map<string, Buffer>;
  /** Paths that were asked for, in order. */
  readonly asked: string[];
  /** Signs timestamps at `/tsa`. */
  authority?: TestCertificate;
}

/** Starts the server. */
export async function startPkiServer(): Promise<PkiServer> {
  const answers = new Map<string, Buffer>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const path = request.url ?? "/";
      asked.push(path);
      const { authority } = pki;
      const isTimestamp = path === "/tsa" && authority !== undefined;
      const answer = isTimestamp ? answerTimestampQuery(authority, body) : answers.get(path);
      response.writeHead(answer === undefined ? 404 : 200, {
        "content-type": isTimestamp ? "application/timestamp-reply" : "application/octet-stream",
      });
      response.end(answer);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const pki: PkiServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answers,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return pki;
}

/** TimeStampReq { version, messageImprint, reqPolicy?, nonce?, certReq? } → TimeStampResp { status, token }. */
function answerTimestampQuery(authority: TestCertificate, query: Buffer): Buffer {
  const [, imprint = Buffer.alloc(0), ...rest] = children(query);
  const [algorithm = Buffer.alloc(0), digest = Buffer.alloc(0)] = children(imprint);
  const nonce = rest.find((each) => each[0] === 0x02);
  const token = createTestTimestamp({
    authority,
    imprint: contentOf(digest),
    imprintAlgorithm: algorithm,
    ...(nonce === undefined ? {} : { nonce }),
  });
  return derSequence(derSequence(derInteger(0)), token);
}

function headOf(bytes: Buffer): { readonly head: number; readonly length: number } {
  const first = bytes[1] ?? 0;
  const octets = first < 0x80 ? 0 : first & 0x7f;
  const length = octets === 0 ? first : bytes.readUIntBE(2, octets);
  return { head: 2 + octets, length };
}

function contentOf(element: Buffer): Buffer {
  const { head, length } = headOf(element);
  return element.subarray(head, head + length);
}

/** The values inside a SEQUENCE. */
function children(element: Buffer): readonly Buffer[] {
  const found: Buffer[] = [];
  for (let rest = contentOf(element); rest.length > 0; ) {
    const { head, length } = headOf(rest);
    found.push(rest.subarray(0, head + length));
    rest = rest.subarray(head + length);
  }
  return found;
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
