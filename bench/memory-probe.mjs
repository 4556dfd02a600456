// Is loaded into a measured process and sends what it used on request: its memory after a garbage collection, or its
// processor time so far and the most memory that it ever had resident.
process.on('message', asked => {
  if (asked === 'used') {
    const { user, system } = process.cpuUsage();
    process.send?.({ cpuMs: (user + system) / 1_000, peakRss: process.resourceUsage().maxRSS * 1_024 });
    return;
  }
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  process.send?.({ rss, heapUsed });
});
