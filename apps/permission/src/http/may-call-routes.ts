import { badUserInput, text, type Violation } from '@daikaifa/kernel';
import { counter } from '@daikaifa/observability';
import type { TokenVerifier } from '@daikaifa/security';
import { addBackendDoor } from '@daikaifa/service';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { UseCases } from '../application/use-cases';
import { LIMITS } from '../domain/limits';
import { MAY_CALL_REASONS, type MayCall } from '../domain/may-call';

const answered = counter('permission_may_call_total', 'questions of backends by reason of the answer');

const MAX_NAME_LENGTH = 200;
const BODY_LIMIT_BYTES = 65_536;

const questionsSchema = z.object({
  questions: z
    .array(z.object({ corpAppId: z.string().min(1).max(100), name: z.string().min(1).max(MAX_NAME_LENGTH) }))
    .min(1)
    .max(LIMITS.maxQuestions),
});

const violationOf = ({ path, code, message }: z.core.$ZodIssue): Violation => ({
  field: path.join('.') || 'body',
  code: `QUESTION_${code.toUpperCase()}`,
  severity: 'ERROR',
  text: text(`问题格式不正确：${message}`, `The question is malformed: ${message}`),
  limit: `1–${LIMITS.maxQuestions}`,
});

const bodyOf = ({ allowed, reason, needs, readAt }: MayCall) => {
  answered.add(1, { reason });
  return { allowed, reason, text: MAY_CALL_REASONS[reason], needs, readAt: readAt?.toISOString() ?? null };
};

const UNKNOWN_APP = {
  allowed: false,
  reason: 'APP_NOT_FOUND',
  text: text('找不到代开发应用', 'Corp app not found'),
  needs: [],
  readAt: null,
} as const;

/**
 * "May this app call API X?" for the provider's own backends, JWT of role BACKEND.
 * One question: `GET /v1/corp-apps/:id/permissions/<path under /cgi-bin, or a code>`.
 * Up to a hundred: `POST /v1/permission-questions`, answered in their order.
 */
export const addMayCallRoutes = (
  server: FastifyInstance,
  parts: { readonly verify: TokenVerifier; readonly useCases: Pick<UseCases, 'askMayCall' | 'askMayCallAll'> },
): void => {
  const { verify, useCases } = parts;
  addBackendDoor<{ Params: { readonly id: string; readonly '*': string } }>(server, verify, {
    method: 'GET',
    url: '/v1/corp-apps/:id/permissions/*',
    answer: async (viewer, { params }) => {
      const name = params['*'];
      if (name === '' || name.length > MAX_NAME_LENGTH) {
        const message = text('请给出接口或权限代码', 'Name an API or a permission code');
        throw badUserInput([
          { field: 'name', code: 'NAME_LENGTH', severity: 'ERROR', text: message, limit: `1–${MAX_NAME_LENGTH}` },
        ]);
      }
      return bodyOf(await useCases.askMayCall(viewer, { corpAppId: params.id, name }));
    },
  });
  addBackendDoor<{ Body: unknown }>(server, verify, {
    method: 'POST',
    url: '/v1/permission-questions',
    bodyLimitBytes: BODY_LIMIT_BYTES,
    answer: async (viewer, { body }) => {
      const parsed = questionsSchema.safeParse(body);
      if (!parsed.success) {
        throw badUserInput(parsed.error.issues.map(violationOf));
      }
      const answers = await useCases.askMayCallAll(viewer, parsed.data.questions);
      return { answers: answers.map((answer) => (answer === null ? UNKNOWN_APP : bodyOf(answer))) };
    },
  });
};
