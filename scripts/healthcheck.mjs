// The HEALTHCHECK of the image, which has no curl: exits with 0 when the process is ready.
const port = process.env.SERVER_PORT ?? '8008';
const reply = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(4_000) }).catch(
  () => undefined,
);
process.exit(reply?.status === 200 ? 0 : 1);
