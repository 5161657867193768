import { isMainProcess, ProcessPoolExecutor } from 'manycore';

/** What a loan costs each month, when it is paid back in equal parts. */
export function instalment(amount: number, yearlyRate: number, months: number): number {
  const rate = yearlyRate / 12;
  return (amount * rate) / (1 - (1 + rate) ** -months);
}

if (isMainProcess) {
  const amounts = [5000, 20_000, 250_000];
  const rates = [0.08, 0.06, 0.035];
  const months = [24, 60, 240];
  // At its end, `await using` waits for what was asked for and lets the workers go.
  await using executor = new ProcessPoolExecutor(2);
  let index = 0;
  for await (const monthly of executor.map(instalment, amounts, rates, months))
    console.log(`${amounts[index]} over ${months[index++]} months: ${monthly.toFixed(2)} a month`);
}
