// The AWS SDK for JavaScript judges the server: signatures, sessions and semantics, over virtual hosts.
// usage: node judge.mjs '{"zones":[...],"accessKeyId":...}'
import http from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import * as s3 from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';

const server = JSON.parse(process.argv[2]);
const { zone, endpoint } = server.zones[0];
const Bucket = `demo--${zone}--x-s3`;
const port = new URL(endpoint).port;
// Names below localhost are this machine (RFC 6761, 6.3), which not every resolver knows.
const lookup = (host, options, done) =>
  options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4);
const client = new s3.S3Client({
  region: server.region,
  endpoint: `http://localhost:${port}`,
  credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
  requestHandler: new NodeHttpHandler({ httpAgent: new http.Agent({ keepAlive: true, lookup }) }),
});
const send = (Command, input) => client.send(new Command({ Bucket, ...input }));
const bytes = async (input) => Buffer.from(await (await send(s3.GetObjectCommand, input)).Body.transformToByteArray());
const refused = async (status, call) => {
  try {
    await call();
  } catch (e) {
    if (e.$metadata?.httpStatusCode === status) return;
    throw new Error(`expected status ${status}, got ${e.$metadata?.httpStatusCode}: ${e.message}`);
  }
  throw new Error(`expected status ${status}, but it succeeded`);
};
const same = (actual, expected, what) => {
  if (String(actual) !== String(expected)) throw new Error(`${what}: ${actual}, not ${expected}`);
};

const checks = {
  async put() {
    await send(s3.PutObjectCommand, { Key: 'js/a b+é.txt', Body: 'hello zonal world' });
    same(await bytes({ Key: 'js/a b+é.txt' }), 'hello zonal world', 'body');
  },
  async rangedGet() {
    same(await bytes({ Key: 'js/a b+é.txt', Range: 'bytes=6-10' }), 'zonal', 'range');
    same(await bytes({ Key: 'js/a b+é.txt', Range: 'bytes=-5' }), 'world', 'suffix');
    await refused(416, () => bytes({ Key: 'js/a b+é.txt', Range: 'bytes=100-' }));
  },
  async conditionalGet() {
    const { ETag } = await send(s3.HeadObjectCommand, { Key: 'js/a b+é.txt' });
    await bytes({ Key: 'js/a b+é.txt', IfMatch: ETag });
    await refused(412, () => bytes({ Key: 'js/a b+é.txt', IfMatch: '"other"' }));
    await refused(304, () => bytes({ Key: 'js/a b+é.txt', IfNoneMatch: ETag }));
  },
  async multipart() {
    const Key = 'js/parts';
    const { UploadId } = await send(s3.CreateMultipartUploadCommand, { Key });
    const Parts = [];
    for (const [i, Body] of [Buffer.alloc(5 << 20, 1), Buffer.from('tail')].entries()) {
      const part = await send(s3.UploadPartCommand, { Key, UploadId, PartNumber: i + 1, Body });
      Parts.push({ ...part, PartNumber: i + 1 });
    }
    await send(s3.CompleteMultipartUploadCommand, { Key, UploadId, MultipartUpload: { Parts } });
    same(await bytes({ Key, Range: 'bytes=-5' }), Buffer.from('\x01tail'), 'end');
  },
  async list() {
    const page = await send(s3.ListObjectsV2Command, { Prefix: 'js/' });
    same(page.Contents.map((o) => o.Key).sort().join(), 'js/a b+é.txt,js/parts', 'keys');
    await refused(400, () => send(s3.ListObjectsV2Command, { Prefix: 'js' }));
  },
  async append() {
    await send(s3.PutObjectCommand, { Key: 'js/log', Body: 'one', WriteOffsetBytes: 0 });
    await send(s3.PutObjectCommand, { Key: 'js/log', Body: 'two', WriteOffsetBytes: 3 });
    await refused(400, () => send(s3.PutObjectCommand, { Key: 'js/log', Body: 'x', WriteOffsetBytes: 3 }));
    same(await bytes({ Key: 'js/log' }), 'onetwo', 'log');
  },
  async rename() {
    await send(s3.RenameObjectCommand, { Key: 'js/renamed', RenameSource: 'js/log' });
    same(await bytes({ Key: 'js/renamed' }), 'onetwo', 'renamed');
    await refused(404, () => bytes({ Key: 'js/log' }));
  },
  async readAcrossAnExpiredSession() {
    await wait(Number(process.argv[3] ?? 0) * 1000 + 1000);
    same(await bytes({ Key: 'js/renamed' }), 'onetwo', 'body');
  },
  async delete() {
    await send(s3.DeleteObjectCommand, { Key: 'js/renamed' });
    await refused(404, () => bytes({ Key: 'js/renamed' }));
    const gone = await send(s3.DeleteObjectsCommand, { Delete: { Objects: [{ Key: 'js/parts' }] } });
    same(gone.Deleted.length, 1, 'deleted');
  },
};

let failed = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    console.log(`ok javascript ${name}`);
  } catch (e) {
    failed++;
    console.log(`not ok javascript ${name}: ${e.message}`);
  }
}
process.exit(failed === 0 ? 0 : 1);
