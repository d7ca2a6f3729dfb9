// SPDX-License-Identifier: Apache-2.0

// yauzl 3.4 brings no types; this is the part that is used here.
declare module "yauzl" {
  export interface Entry {
    readonly fileNameRaw: Buffer;
    readonly compressedSize: number;
    readonly uncompressedSize: number;
    readonly compressionMethod: number;
    readonly crc32: number;
    readonly relativeOffsetOfLocalHeader: number;
    isEncrypted(): boolean;
  }
  export interface ZipFile {
    readonly entryCount: number;
    readonly fileSize: number;
    eachEntry(): AsyncIterable<Entry>;
    close(): void;
  }
  const yauzl: {
    openPromise(
      path: string,
      options: {
        readonly lazyEntries: true;
        readonly autoClose: boolean;
        readonly decodeStrings: false;
        readonly validateEntrySizes: boolean;
      },
    ): Promise<ZipFile>;
  };
  export default yauzl;
}
