/** Text that a Job, an event or a label may hold, and that is markup or a command to one medium or another. */

/** Each is harmless as text and must stay text, whatever shows it. */
export const injections: readonly string[] = [
  // Slack
  '<!channel> <!here> <!everyone>',
  '<@U012ABCDEF> <#C012ABCDEF> <!subteam^S012ABCDEF>',
  '<https://evil.example/|https://good.example/>',
  '<mailto:evil@evil.example|support>',
  '<!date^1392734382^{date}^https://evil.example/|now>',
  '&lt;!channel&gt; &amp;lt;!here&amp;gt; &#60;!channel&#62;',
  '@channel @here @everyone @all',
  '*bold* _italic_ ~gone~ `code` ```block``` > quote',
  '```\n<!channel>\n```',
  // HTML and mail
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  '<a href="javascript:alert(1)">x</a>',
  '</title></head><body><iframe src="https://evil.example/">',
  '<style>*{display:none}</style>',
  'x\r\nBcc: evil@evil.example\r\n\r\nbody',
  'x\nSubject: other\nTo: evil@evil.example',
  '=?utf-8?B?PHNjcmlwdD4=?= \r\n.\r\nMAIL FROM:<evil@evil.example>',
  // Markdown
  '[click](javascript:alert(1)) ![pixel](https://evil.example/p.png)',
  '# heading\n- [ ] task\n| a | b |\n|---|---|',
  '</details><details open><summary>x',
  // Terminals
  '\u001b[2J\u001b[H\u001b[31mred\u001b[0m',
  '\u001b]8;;https://evil.example/\u0007link\u001b]8;;\u0007 \u001b]52;c;ZXZpbA==\u0007',
  '\u001b]0;title\u0007\u009b31m\u0090q\u009c\u0008\u0008\u007f',
  'user \u202egpj.exe\u202c \u2066x\u2069 \u200e\u200f',
  'progress 10%\rprogress 20%\u000b\u000c',
  // Runners of CI jobs
  '::error file=a,line=1::x\n::set-output name=a::b\n::add-mask::secret',
  'x\r\n::stop-commands::token\n##vso[task.setvariable variable=a]b\n##[error]x',
  "##teamcity[message text='x']",
  // Formulas, templates, shells
  '=HYPERLINK("https://evil.example/","x")\n+1+1\n@SUM(1)\n-2',
  '{{constructor.constructor("x")()}} ${7*7} <%= 1 %> #{1}',
  '$(touch /tmp/x) `id` ; rm -rf / | cat && x',
  '{"json":"\\u003c","nested":[1]}\u2028\u2029\ufeff',
  '\ud800 lone \udc00 surrogates \ufffe\uffff',
]
