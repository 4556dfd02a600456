/** Milliseconds that `run` takes of this thread's processor time: what others do on the machine is no fault of it. */
export function processorTime(run: () => void): number {
  const before = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
