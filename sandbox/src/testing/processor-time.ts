/** The processor time of this thread in milliseconds that `run` takes; other work on the machine does not add to it. */
export function processorTime(run: () => void): number {
  const before = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
