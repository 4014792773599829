/**
 * Asks until it was answered once: an answer is kept, a failure is not. Those who ask at the same time share one question.
 */
export function untilAnswered<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask().catch((error: unknown) => {
      answer = undefined;
      throw error;
    });
    return answer;
  };
}
