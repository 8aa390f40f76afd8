import { html, trusted } from './html';

describe('the page writer', () => {
  it('escapes everything but its own markup', () => {
    const inner = html`<b>${'<i>"&\''}</b>`;
    expect(html`<p title="${'"'}">${inner}${[1, false, undefined, trusted('<hr>')]}</p>`.markup).toBe(
      '<p title="&quot;"><b>&lt;i&gt;&quot;&amp;&#39;</b>1<hr></p>',
    );
  });
});
