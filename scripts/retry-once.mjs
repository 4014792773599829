/**
 * Specs on real servers and containers run on machines that are shared and noisy: one that was too slow once is tried once
 * more, and says so. Pure specs are never repeated: they have no such excuse.
 */
import { jest } from '@jest/globals';

jest.retryTimes(1, { logErrorsBeforeRetry: true });
