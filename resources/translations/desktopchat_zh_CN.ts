<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AdapterCard</name>
    <message>
        <source>Adapters of {model}</source>
        <translation>{model} 的适配器</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>强度</translation>
    </message>
    <message>
        <source>Add a file…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>“{text}” is no scale. Write a number like 0.8.</source>
        <translation>“{text}”不是强度。请输入像 0.8 这样的数。</translation>
    </message>
    <message>
        <source>Space on or off · Left and Right scale, finer with Shift · a number sets it · Esc closes</source>
        <translation>空格开或关 · 左右键调强度，按住 Shift 更细 · 输入数字直接设定 · Esc 关闭</translation>
    </message>
    <message>
        <source>Enter sets the scale, with layers like 0.8:5-20 · Esc leaves it</source>
        <translation>Enter 设定强度，可带层，如 0.8:5-20 · Esc 不改</translation>
    </message>
    <message>
        <source>Enter sets the scale · Esc leaves it</source>
        <translation>Enter 设定强度 · Esc 不改</translation>
    </message>
    <message>
        <source>control vector</source>
        <translation>控制向量</translation>
    </message>
    <message>
        <source>LoRA</source>
        <translation>LoRA 适配器</translation>
    </message>
    <message>
        <source>layers {first} to {last}</source>
        <translation>第 {first} 到 {last} 层</translation>
    </message>
    <message>
        <source>on</source>
        <translation>开</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
</context>
<context>
    <name>AdapterCommands</name>
    <message>
        <source>Adapters (*.gguf);;All files (*)</source>
        <translation>适配器 (*.gguf);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Add a LoRA adapter or a control vector</source>
        <translation>添加 LoRA 适配器或控制向量</translation>
    </message>
</context>
<context>
    <name>Alternatives</name>
    <message>
        <source>Alternatives</source>
        <translation>其他可能</translation>
    </message>
</context>
<context>
    <name>AnswerColumn</name>
    <message>
        <source>is being written</source>
        <translation>正在写</translation>
    </message>
    <message>
        <source>this is the beginning</source>
        <translation>这里只显示开头</translation>
    </message>
</context>
<context>
    <name>AnswerNotice</name>
    <message>
        <source>An answer is ready.</source>
        <translation>回答已完成。</translation>
    </message>
</context>
<context>
    <name>AskWindow</name>
    <message>
        <source>Ask</source>
        <translation>提问</translation>
    </message>
    <message>
        <source>Ask something</source>
        <translation>输入问题</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Question and answer</source>
        <translation>问题与回答</translation>
    </message>
    <message>
        <source>Another answer is being written, yours is next · Enter takes the question back</source>
        <translation>正在生成另一个回答，下一个轮到你 · Enter 撤回问题</translation>
    </message>
    <message>
        <source>Enter asks · Shift+Enter begins a line · Esc hides</source>
        <translation>Enter 提问 · Shift+Enter 换行 · Esc 隐藏</translation>
    </message>
    <message>
        <source>Answer copied.</source>
        <translation>已复制回答。</translation>
    </message>
    <message>
        <source>Open in the window</source>
        <translation>在主窗口中打开</translation>
    </message>
    <message>
        <source>New question</source>
        <translation>新问题</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>{key} opens the window, which takes it.</source>
        <translation>{key} 打开主窗口，那里可以容纳。</translation>
    </message>
    <message>
        <source>This is too much for the small field.</source>
        <translation>内容太多，小窗口容纳不下。</translation>
    </message>
    <message>
        <source>Loading {name} · {percent} %</source>
        <translation>正在加载 {name} · {percent}%</translation>
    </message>
</context>
<context>
    <name>BackendCommands</name>
    <message>
        <source>Looking at what can be computed on</source>
        <translation>正在查看可以用什么计算</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>{name}: back to {version}</source>
        <translation>{name}：退回到 {version}</translation>
    </message>
    <message>
        <source>What llama.cpp computes on</source>
        <translation>llama.cpp 用什么计算</translation>
    </message>
    <message>
        <source>Add a backend…</source>
        <translation>添加后端…</translation>
    </message>
    <message>
        <source>LLAMA_CPP_LIB_PATH in the environment goes before this choice</source>
        <translation>环境中的 LLAMA_CPP_LIB_PATH 优先于此选择</translation>
    </message>
    <message>
        <source>the best that works here</source>
        <translation>这里能用的最好的</translation>
    </message>
    <message>
        <source>chosen · now {name}</source>
        <translation>已选择 · 现在是 {name}</translation>
    </message>
    <message>
        <source>chosen</source>
        <translation>已选择</translation>
    </message>
    <message>
        <source>Built-in</source>
        <translation>内置</translation>
    </message>
    <message>
        <source>Backends (*.zip);;All files (*)</source>
        <translation>后端 (*.zip);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Add a backend</source>
        <translation>添加后端</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Details</source>
        <translation>详情</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>复制详情</translation>
    </message>
    <message>
        <source>Close  Esc</source>
        <translation>关闭  Esc</translation>
    </message>
</context>
<context>
    <name>BatchCard</name>
    <message>
        <source>Answer each row of {name}</source>
        <translation>逐行回答 {name}</translation>
    </message>
    <message numerus="yes">
        <source>{count} rows. In the prompt, {columns} stand for what is in the row.</source>
        <translation>
            <numerusform>共 {count} 行。提示词中的 {columns} 代表该行中的内容。</numerusform>
        </translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>The answers go to {file}. System prompt and parameters are those of the window.</source>
        <translation>回答写入 {file}。系统提示词和参数与窗口中的相同。</translation>
    </message>
    <message>
        <source>JSON schema…</source>
        <translation>JSON 模式…</translation>
    </message>
    <message>
        <source>Let every answer follow a JSON schema; its properties become columns.</source>
        <translation>让每个回答都遵循一个 JSON 模式；其属性会成为列。</translation>
    </message>
    <message>
        <source>Begin</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Ctrl+Enter begins · Tab goes to the buttons · Esc closes</source>
        <translation>Ctrl+Enter 开始 · Tab 转到按钮 · Esc 关闭</translation>
    </message>
    <message>
        <source>Schema: {name}</source>
        <translation>模式：{name}</translation>
    </message>
</context>
<context>
    <name>BatchCommands</name>
    <message>
        <source>Rows (*.csv *.tsv *.jsonl *.ndjson);;All files (*)</source>
        <translation>行 (*.csv *.tsv *.jsonl *.ndjson);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Answer each row of a file</source>
        <translation>逐行回答一个文件</translation>
    </message>
    <message>
        <source>Answering each row of a file</source>
        <translation>正在逐行回答文件</translation>
    </message>
    <message>
        <source>JSON schema</source>
        <translation>JSON 模式</translation>
    </message>
    <message>
        <source>JSON (*.json);;All files (*)</source>
        <translation>JSON (*.json);;所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>BranchCommands</name>
    <message>
        <source>A copy of the message is at the end of the branch that is shown; the original stays.</source>
        <translation>消息的副本已放到当前分支的末尾；原消息保持不变。</translation>
    </message>
    <message>
        <source>{key} lets this question be answered anew. What followed is kept.</source>
        <translation>按 {key} 重新回答这个问题。后面的内容都已保留。</translation>
    </message>
    <message>
        <source>What you send now begins a new branch here. What followed is kept: {key} shows it.</source>
        <translation>现在发送的消息会从这里开始新的分支。后面的内容都已保留：按 {key} 查看。</translation>
    </message>
    <message>
        <source>What you keep stands beside the old answer, which stays as it is.</source>
        <translation>保存的内容会与原回答并列，原回答保持不变。</translation>
    </message>
    <message>
        <source>Edit the answer</source>
        <translation>编辑回答</translation>
    </message>
    <message>
        <source>Your words stand beside the old answer.</source>
        <translation>你的文字已与原回答并列。</translation>
    </message>
    <message>
        <source>There is no question yet that could be answered twice.</source>
        <translation>还没有可以再次回答的问题。</translation>
    </message>
    <message>
        <source>Write one and send it.</source>
        <translation>请先写一个并发送。</translation>
    </message>
</context>
<context>
    <name>ChanceList</name>
    <message>
        <source>What may come next</source>
        <translation>接下来可能是什么</translation>
    </message>
    <message>
        <source>end of the text</source>
        <translation>文本结束</translation>
    </message>
    <message>
        <source>{token}: {after}, without parameters {before}</source>
        <translation>{token}：{after}，不用参数时 {before}</translation>
    </message>
    <message>
        <source>{token}: left out, {before}</source>
        <translation>{token}：被舍去，原为 {before}</translation>
    </message>
</context>
<context>
    <name>ChatPage</name>
    <message>
        <source>↓ new text  {key}</source>
        <translation>↓ 新内容  {key}</translation>
    </message>
    <message>
        <source>{down} {up} message · {next} {previous} block · {leave} back to writing</source>
        <translation>{down} {up} 消息 · {next} {previous} 段落 · {leave} 返回输入</translation>
    </message>
</context>
<context>
    <name>Choice</name>
    <message>
        <source>system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>contrast</source>
        <translation>高对比度</translation>
    </message>
    <message>
        <source>en</source>
        <translation>英语</translation>
    </message>
    <message>
        <source>zh_CN</source>
        <translation>简体中文</translation>
    </message>
    <message>
        <source>default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>vim</source>
        <translation>Vim</translation>
    </message>
    <message>
        <source>emacs</source>
        <translation>Emacs</translation>
    </message>
    <message>
        <source>comfortable</source>
        <translation>宽松</translation>
    </message>
    <message>
        <source>compact</source>
        <translation>紧凑</translation>
    </message>
    <message>
        <source>on</source>
        <translation>开</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>ctrl+enter</source>
        <translation>Ctrl+Enter</translation>
    </message>
    <message>
        <source>stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>drop_oldest</source>
        <translation>略去最早的内容</translation>
    </message>
    <message>
        <source>shift</source>
        <translation>边答边腾出空间</translation>
    </message>
    <message>
        <source>model</source>
        <translation>由模型生成</translation>
    </message>
    <message>
        <source>first_line</source>
        <translation>第一行</translation>
    </message>
    <message>
        <source>auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>f16</source>
        <translation>f16</translation>
    </message>
    <message>
        <source>q8_0</source>
        <translation>q8_0</translation>
    </message>
    <message>
        <source>turn</source>
        <translation>作为提问</translation>
    </message>
    <message>
        <source>plain</source>
        <translation>原样续写</translation>
    </message>
</context>
<context>
    <name>Chooser</name>
    <message>
        <source>Type to narrow the list, or a new name</source>
        <translation>输入以筛选，或输入新名称</translation>
    </message>
    <message>
        <source>Type to narrow the list</source>
        <translation>输入以筛选</translation>
    </message>
    <message>
        <source>Nothing of that name.</source>
        <translation>没有匹配的名称。</translation>
    </message>
    <message>
        <source>Enter chooses · Esc cancels</source>
        <translation>Enter 选择 · Esc 取消</translation>
    </message>
    <message>
        <source>New: {name}</source>
        <translation>新建：{name}</translation>
    </message>
</context>
<context>
    <name>Command</name>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Start a new conversation.</source>
        <translation>开始新对话。</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Rename the conversation in place.</source>
        <translation>就地重命名对话。</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Delete what is chosen in the list, a folder with all that is in it; it can be undone.</source>
        <translation>删除列表中选中的项，文件夹会连同其中内容一起删除；可以撤销。</translation>
    </message>
    <message>
        <source>Undo delete</source>
        <translation>撤销删除</translation>
    </message>
    <message>
        <source>Bring back what was deleted last: a message, a conversation or a folder.</source>
        <translation>恢复最近删除的消息、对话或文件夹。</translation>
    </message>
    <message>
        <source>Pin</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Keep the conversation at the top of the list, or no longer.</source>
        <translation>将对话固定在列表顶部，或取消固定。</translation>
    </message>
    <message>
        <source>Move to folder</source>
        <translation>移动到文件夹</translation>
    </message>
    <message>
        <source>Put the conversation into a folder, or make one.</source>
        <translation>将对话放入文件夹，或新建文件夹。</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Give the conversation tags, with commas between them.</source>
        <translation>为对话添加标签，用逗号分隔。</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Write a note about the conversation; the search finds it.</source>
        <translation>为对话写备注，搜索时可以找到。</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>归档</translation>
    </message>
    <message>
        <source>Take the conversation out of the list and keep it, or put it back.</source>
        <translation>将对话移出列表并保留，或移回列表。</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>导入</translation>
    </message>
    <message>
        <source>Take in conversations of other programs, or ones that were exported here.</source>
        <translation>导入其他程序的对话，或从这里导出的对话。</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Write the conversation into a file: Markdown, a web page, JSON and more.</source>
        <translation>将对话写入文件：Markdown、网页、JSON 等格式。</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一个对话</translation>
    </message>
    <message>
        <source>Open the next conversation.</source>
        <translation>打开下一个对话。</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>上一个对话</translation>
    </message>
    <message>
        <source>Open the previous conversation.</source>
        <translation>打开上一个对话。</translation>
    </message>
    <message>
        <source>Open by number</source>
        <translation>按编号打开</translation>
    </message>
    <message>
        <source>Open one of the first nine conversations of the list.</source>
        <translation>打开列表中前九个对话之一。</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search titles, messages of every branch, notes and files; the field says how.</source>
        <translation>搜索标题、所有分支的消息、备注和文件；搜索框中有用法说明。</translation>
    </message>
    <message>
        <source>Open hit</source>
        <translation>打开结果</translation>
    </message>
    <message>
        <source>Open the hit that Up and Down have chosen, at its message, on its branch.</source>
        <translation>打开用上下方向键选中的结果，并定位到其分支上的消息。</translation>
    </message>
    <message>
        <source>Next hit</source>
        <translation>下一个结果</translation>
    </message>
    <message>
        <source>Open the next hit of the search.</source>
        <translation>打开下一个搜索结果。</translation>
    </message>
    <message>
        <source>Previous hit</source>
        <translation>上一个结果</translation>
    </message>
    <message>
        <source>Open the hit before this one.</source>
        <translation>打开上一个搜索结果。</translation>
    </message>
    <message>
        <source>Save search</source>
        <translation>保存搜索</translation>
    </message>
    <message>
        <source>Keep what stands in the search field under a name.</source>
        <translation>为搜索框中的内容命名并保存。</translation>
    </message>
    <message>
        <source>Remove saved search</source>
        <translation>移除已保存的搜索</translation>
    </message>
    <message>
        <source>Remove the chosen one of the saved searches, which show while the search field is empty.</source>
        <translation>移除选中的已保存搜索；搜索框为空时会显示这些搜索。</translation>
    </message>
    <message>
        <source>Ask in a small window</source>
        <translation>在小窗口中提问</translation>
    </message>
    <message>
        <source>Ask something in a small window that stays over other programs.</source>
        <translation>在位于其他程序之上的小窗口中提问。</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Close the program; everything is kept.</source>
        <translation>关闭程序，所有内容都会保留。</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Send what you wrote.</source>
        <translation>发送你写的内容。</translation>
    </message>
    <message>
        <source>New line</source>
        <translation>换行</translation>
    </message>
    <message>
        <source>Start a new line in your message.</source>
        <translation>在消息中另起一行。</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Stop the answer, else close what is open, else go to your message. Text is never discarded.</source>
        <translation>停止回答，或关闭已打开的面板，或回到输入框。文字绝不会丢失。</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>重新回答</translation>
    </message>
    <message>
        <source>Get another answer.</source>
        <translation>再生成一个回答。</translation>
    </message>
    <message>
        <source>Continue the answer</source>
        <translation>继续回答</translation>
    </message>
    <message>
        <source>Go on with an answer that was stopped, interrupted or cut.</source>
        <translation>继续已停止、中断或被截断的回答。</translation>
    </message>
    <message>
        <source>Edit my message</source>
        <translation>编辑我的消息</translation>
    </message>
    <message>
        <source>Edit your last message, or the one under the caret; Up does it while your message is empty.</source>
        <translation>编辑你的最后一条消息，或光标所在的消息；输入框为空时可按向上键。</translation>
    </message>
    <message>
        <source>Copy answer</source>
        <translation>复制回答</translation>
    </message>
    <message>
        <source>Copy the last answer, or the one under the caret, as it was written.</source>
        <translation>按原文复制最后一个回答，或光标所在的回答。</translation>
    </message>
    <message>
        <source>Copy code</source>
        <translation>复制代码</translation>
    </message>
    <message>
        <source>Copy the block of code under the caret, or the last one of the answer.</source>
        <translation>复制光标所在的代码块，或回答中的最后一个代码块。</translation>
    </message>
    <message>
        <source>Delete message</source>
        <translation>删除消息</translation>
    </message>
    <message>
        <source>Delete the message under the caret, or the last one, with all that follows it; it can be undone.</source>
        <translation>删除光标所在的消息或最后一条消息，以及其后的所有内容；可以撤销。</translation>
    </message>
    <message>
        <source>Delete branch</source>
        <translation>删除分支</translation>
    </message>
    <message>
        <source>Delete this branch back to where it forked; it can be undone.</source>
        <translation>删除此分支，直到分叉处；可以撤销。</translation>
    </message>
    <message>
        <source>Previous version</source>
        <translation>上一版本</translation>
    </message>
    <message>
        <source>Show the version before this one.</source>
        <translation>显示上一个版本。</translation>
    </message>
    <message>
        <source>Next version</source>
        <translation>下一版本</translation>
    </message>
    <message>
        <source>Show the version after this one.</source>
        <translation>显示下一个版本。</translation>
    </message>
    <message>
        <source>Previous message</source>
        <translation>上一条消息</translation>
    </message>
    <message>
        <source>Move the caret to the message above.</source>
        <translation>将光标移到上面的消息。</translation>
    </message>
    <message>
        <source>Next message</source>
        <translation>下一条消息</translation>
    </message>
    <message>
        <source>Move the caret to the message below.</source>
        <translation>将光标移到下面的消息。</translation>
    </message>
    <message>
        <source>Attach files…</source>
        <translation>添加附件…</translation>
    </message>
    <message>
        <source>Attach text files to your message; pasting or dropping them does it too.</source>
        <translation>为消息添加文本文件；也可以粘贴或拖入文件。</translation>
    </message>
    <message>
        <source>Put the file into the field</source>
        <translation>将文件放入输入框</translation>
    </message>
    <message>
        <source>Put the text of the chosen or last attached file into your message, where it can be edited.</source>
        <translation>将选中的附件或最后一个附件的文本放入消息中，以便编辑。</translation>
    </message>
    <message>
        <source>Remove file</source>
        <translation>移除附件</translation>
    </message>
    <message>
        <source>Take the chosen file out of your message; it can be undone.</source>
        <translation>从消息中移除选中的文件；可以撤销。</translation>
    </message>
    <message>
        <source>Older message of mine</source>
        <translation>更早的消息</translation>
    </message>
    <message>
        <source>Show what you wrote before, here and then in other conversations; your draft comes back at the end.</source>
        <translation>显示你以前写过的内容，先是此对话，再是其他对话；最后会回到草稿。</translation>
    </message>
    <message>
        <source>Newer message of mine</source>
        <translation>更新的消息</translation>
    </message>
    <message>
        <source>Go back to what you wrote later, and to your draft.</source>
        <translation>返回你后来写过的内容，直至草稿。</translation>
    </message>
    <message>
        <source>Send the queue</source>
        <translation>发送队列</translation>
    </message>
    <message>
        <source>Send the messages that wait, one after the other; Enter does it while your message is empty.</source>
        <translation>依次发送等待中的消息；输入框为空时可按 Enter。</translation>
    </message>
    <message>
        <source>Go to the queue</source>
        <translation>转到队列</translation>
    </message>
    <message>
        <source>Go to the messages that are sent next; Enter takes one back into the field.</source>
        <translation>转到待发送的消息；按 Enter 可取回到输入框。</translation>
    </message>
    <message>
        <source>Remove from the queue</source>
        <translation>从队列中移除</translation>
    </message>
    <message>
        <source>Take the chosen message out of the queue; it can be undone.</source>
        <translation>从队列中移除选中的消息；可以撤销。</translation>
    </message>
    <message>
        <source>Insert a prompt…</source>
        <translation>插入提示词…</translation>
    </message>
    <message>
        <source>Choose a prompt to begin with; / in an empty message does it too.</source>
        <translation>选择一个提示词作为开头；输入框为空时也可以按 /。</translation>
    </message>
    <message>
        <source>Keep as a prompt…</source>
        <translation>保存为提示词…</translation>
    </message>
    <message>
        <source>Keep what you wrote under a name; {word} in it becomes a field to fill in.</source>
        <translation>为你写的内容命名并保存；其中的 {word} 会成为可填写的字段。</translation>
    </message>
    <message>
        <source>Copy as Markdown</source>
        <translation>复制为 Markdown</translation>
    </message>
    <message>
        <source>Copy what is selected, or else the message under the caret, as Markdown.</source>
        <translation>将选中的内容或光标所在的消息复制为 Markdown。</translation>
    </message>
    <message>
        <source>Copy as plain text</source>
        <translation>复制为纯文本</translation>
    </message>
    <message>
        <source>Copy what is selected, or else the message under the caret, as text alone.</source>
        <translation>将选中的内容或光标所在的消息复制为纯文本。</translation>
    </message>
    <message>
        <source>Copy as rich text</source>
        <translation>复制为富文本</translation>
    </message>
    <message>
        <source>Copy what is selected, or else the message under the caret, with its headings, lists and tables.</source>
        <translation>复制选中的内容或光标所在的消息，保留标题、列表和表格。</translation>
    </message>
    <message>
        <source>Fold or unfold</source>
        <translation>折叠或展开</translation>
    </message>
    <message>
        <source>Fold the code or the reasoning under the caret, else all that is long in the message, or unfold it.</source>
        <translation>折叠或展开光标所在的代码或推理；否则折叠或展开消息中的所有长内容。</translation>
    </message>
    <message>
        <source>Read</source>
        <translation>阅读</translation>
    </message>
    <message>
        <source>Go to the text of the conversation; letters are keys there until you leave it.</source>
        <translation>转到对话正文；离开之前，字母键用作快捷键。</translation>
    </message>
    <message>
        <source>Wrap code</source>
        <translation>代码换行</translation>
    </message>
    <message>
        <source>Break long lines of code at the edge of the page, or let them run on.</source>
        <translation>让长代码行在页边换行，或不换行。</translation>
    </message>
    <message>
        <source>Find here</source>
        <translation>在此查找</translation>
    </message>
    <message>
        <source>Find words in this conversation.</source>
        <translation>在此对话中查找词语。</translation>
    </message>
    <message>
        <source>Next find</source>
        <translation>查找下一个</translation>
    </message>
    <message>
        <source>Go to the next place where the words stand.</source>
        <translation>转到词语出现的下一处。</translation>
    </message>
    <message>
        <source>Previous find</source>
        <translation>查找上一个</translation>
    </message>
    <message>
        <source>Go to the place before.</source>
        <translation>转到上一处。</translation>
    </message>
    <message>
        <source>Message below</source>
        <translation>下面的消息</translation>
    </message>
    <message>
        <source>Go to the next message, once the text was gone to by key.</source>
        <translation>转到下一条消息；需先用键盘转到正文。</translation>
    </message>
    <message>
        <source>Message above</source>
        <translation>上面的消息</translation>
    </message>
    <message>
        <source>Go to the message before, once the text was gone to.</source>
        <translation>转到上一条消息；需先用键盘转到正文。</translation>
    </message>
    <message>
        <source>Block below</source>
        <translation>下面的段落</translation>
    </message>
    <message>
        <source>Go to the next paragraph, list item, table or code.</source>
        <translation>转到下一个段落、列表项、表格或代码。</translation>
    </message>
    <message>
        <source>Block above</source>
        <translation>上面的段落</translation>
    </message>
    <message>
        <source>Go to the paragraph, list item, table or code before.</source>
        <translation>转到上一个段落、列表项、表格或代码。</translation>
    </message>
    <message>
        <source>First text</source>
        <translation>正文开头</translation>
    </message>
    <message>
        <source>Go to the top of the conversation.</source>
        <translation>转到对话开头。</translation>
    </message>
    <message>
        <source>Last text</source>
        <translation>正文结尾</translation>
    </message>
    <message>
        <source>Go to the end of the conversation.</source>
        <translation>转到对话结尾。</translation>
    </message>
    <message>
        <source>How sure the model was…</source>
        <translation>模型有多大把握…</translation>
    </message>
    <message>
        <source>See the tokens of the answer with what could have come instead, go on from any of them, or try a temperature.</source>
        <translation>查看回答的每个词元及其当时的其他可能，从任何一处另行续写，或试试别的温度。</translation>
    </message>
    <message>
        <source>The prompt as sent…</source>
        <translation>实际发送的提示词…</translation>
    </message>
    <message>
        <source>See the exact text that the model was sent before the answer, and its tokens.</source>
        <translation>查看回答之前实际发给模型的完整文本及其词元。</translation>
    </message>
    <message>
        <source>Open model</source>
        <translation>打开模型</translation>
    </message>
    <message>
        <source>Open a model file (GGUF).</source>
        <translation>打开模型文件（GGUF）。</translation>
    </message>
    <message>
        <source>Connections…</source>
        <translation>连接记录…</translation>
    </message>
    <message>
        <source>Show every connection that was made, and what it was for.</source>
        <translation>显示建立过的每个连接及其用途。</translation>
    </message>
    <message>
        <source>Unload</source>
        <translation>卸载</translation>
    </message>
    <message>
        <source>Give the memory of the model back.</source>
        <translation>释放模型占用的内存。</translation>
    </message>
    <message>
        <source>Load smaller</source>
        <translation>精简加载</translation>
    </message>
    <message>
        <source>Load the model again with less memory: half the context, then a smaller KV cache, then less on the GPU.</source>
        <translation>用更少的内存重新加载模型：先将上下文减半，再缩小 KV 缓存，再减少 GPU 上的层数。</translation>
    </message>
    <message>
        <source>Shorter context</source>
        <translation>缩短上下文</translation>
    </message>
    <message>
        <source>Load the model that did not fit with the longest context that does.</source>
        <translation>用放得下的最长上下文加载放不下的模型。</translation>
    </message>
    <message>
        <source>Smaller KV cache</source>
        <translation>更小的 KV 缓存</translation>
    </message>
    <message>
        <source>Load the model that did not fit with a KV cache in q8_0.</source>
        <translation>用 q8_0 的 KV 缓存加载放不下的模型。</translation>
    </message>
    <message>
        <source>Fewer layers on the GPU</source>
        <translation>GPU 上放更少的层</translation>
    </message>
    <message>
        <source>Load the model that did not fit with the layers that do.</source>
        <translation>只把放得下的层放到 GPU 上，加载放不下的模型。</translation>
    </message>
    <message>
        <source>CPU alone</source>
        <translation>仅用 CPU</translation>
    </message>
    <message>
        <source>Load the model that did not fit without the GPU.</source>
        <translation>不用 GPU，加载放不下的模型。</translation>
    </message>
    <message>
        <source>Load anyway</source>
        <translation>仍然加载</translation>
    </message>
    <message>
        <source>Load the model although it is predicted not to fit; the engine may die of it.</source>
        <translation>尽管预计放不下，仍然加载模型；引擎可能因此中止。</translation>
    </message>
    <message>
        <source>Memory of the model</source>
        <translation>模型占用的内存</translation>
    </message>
    <message>
        <source>Show what the model takes of each device, by part, beside what was planned, and why it was planned so.</source>
        <translation>按部分显示模型在每个设备上的占用，与计划对照，并说明为何如此计划。</translation>
    </message>
    <message>
        <source>Less varied</source>
        <translation>减少变化</translation>
    </message>
    <message>
        <source>Lower the temperature by 0.1.</source>
        <translation>将温度降低 0.1。</translation>
    </message>
    <message>
        <source>More varied</source>
        <translation>增加变化</translation>
    </message>
    <message>
        <source>Raise the temperature by 0.1.</source>
        <translation>将温度提高 0.1。</translation>
    </message>
    <message>
        <source>Choose a preset</source>
        <translation>选择预设</translation>
    </message>
    <message>
        <source>Answer precisely, with more ideas, as for code, or in a style that you saved.</source>
        <translation>更精确、更有创意、适合代码，或采用你保存的风格。</translation>
    </message>
    <message>
        <source>Persona…</source>
        <translation>角色…</translation>
    </message>
    <message>
        <source>Choose what the model is to be, such as a tutor or a translator, and fill in what it has to know.</source>
        <translation>选择模型扮演的角色，例如辅导老师或译者，并填写它需要知道的内容。</translation>
    </message>
    <message>
        <source>Import a character card…</source>
        <translation>导入角色卡…</translation>
    </message>
    <message>
        <source>Make a persona of a character card of SillyTavern or another program.</source>
        <translation>用 SillyTavern 或其他程序的角色卡创建一个角色。</translation>
    </message>
    <message>
        <source>Save as preset</source>
        <translation>保存为预设</translation>
    </message>
    <message>
        <source>Keep the present parameters under a name of your own.</source>
        <translation>为当前参数命名并保存。</translation>
    </message>
    <message>
        <source>Remove a preset</source>
        <translation>移除预设</translation>
    </message>
    <message>
        <source>Remove one of the presets that you saved.</source>
        <translation>移除一个你保存的预设。</translation>
    </message>
    <message>
        <source>Make these the default</source>
        <translation>设为默认</translation>
    </message>
    <message>
        <source>Start new conversations with the present parameters, with this model or with all.</source>
        <translation>新对话以当前参数开始，可限于此模型或用于所有模型。</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Say whether the model thinks before it answers, where its chat template leaves that open.</source>
        <translation>在对话模板允许时，指定模型回答前是否先思考。</translation>
    </message>
    <message>
        <source>Reasoning effort</source>
        <translation>推理强度</translation>
    </message>
    <message>
        <source>Say how much the model thinks, where its chat template leaves that open.</source>
        <translation>在对话模板允许时，指定模型思考多少。</translation>
    </message>
    <message>
        <source>Chat template</source>
        <translation>对话模板</translation>
    </message>
    <message>
        <source>Choose another way in which a conversation is put to this model, or its own again.</source>
        <translation>为此模型选择另一种呈现对话的方式，或改回自带的方式。</translation>
    </message>
    <message>
        <source>Back to the default</source>
        <translation>恢复默认值</translation>
    </message>
    <message>
        <source>Give the parameter that has the focus its default.</source>
        <translation>将获得焦点的参数恢复为默认值。</translation>
    </message>
    <message>
        <source>Backend</source>
        <translation>后端</translation>
    </message>
    <message>
        <source>See what llama.cpp can compute on here, and which builds of it do not work and why, and choose one.</source>
        <translation>查看 llama.cpp 在这里能用什么计算、哪些版本无法工作及其原因，并选择一个。</translation>
    </message>
    <message>
        <source>Add a backend…</source>
        <translation>添加后端…</translation>
    </message>
    <message>
        <source>Add a pack with another build of llama.cpp, for a GPU or of a newer make.</source>
        <translation>添加一个包含另一种 llama.cpp 版本的包，用于 GPU 或更新的版本。</translation>
    </message>
    <message>
        <source>Model hub…</source>
        <translation>模型站点…</translation>
    </message>
    <message>
        <source>Choose which model hub is asked: Hugging Face, a mirror of it, or one of your own.</source>
        <translation>选择要访问的模型站点：Hugging Face、它的镜像，或您自己的站点。</translation>
    </message>
    <message>
        <source>Programs that ask…</source>
        <translation>程序的请求…</translation>
    </message>
    <message>
        <source>See how programs ask the model and what they asked; Space switches it on and off.</source>
        <translation>查看程序如何向模型提问以及问了什么；空格键开启和关闭。</translation>
    </message>
    <message>
        <source>Let programs ask</source>
        <translation>允许程序提问</translation>
    </message>
    <message>
        <source>Let programs on this machine ask the model, or no longer.</source>
        <translation>允许或不再允许本机上的程序向模型提问。</translation>
    </message>
    <message>
        <source>Copy the address for programs</source>
        <translation>复制供程序使用的地址</translation>
    </message>
    <message>
        <source>Copy where programs ask.</source>
        <translation>复制程序提问的地址。</translation>
    </message>
    <message>
        <source>Copy the key for programs</source>
        <translation>复制供程序使用的密钥</translation>
    </message>
    <message>
        <source>Copy what programs must know to ask.</source>
        <translation>复制程序提问所需的密钥。</translation>
    </message>
    <message>
        <source>Answer each row of a file…</source>
        <translation>逐行回答一个文件…</translation>
    </message>
    <message>
        <source>Ask the model once for each row of a CSV or JSONL file, and write the answers beside it.</source>
        <translation>对 CSV 或 JSONL 文件的每一行向模型提问一次，并把回答写在该文件旁边。</translation>
    </message>
    <message>
        <source>Ask from a program</source>
        <translation>从程序中提问</translation>
    </message>
    <message>
        <source>Read how a program asks the model, with one of 2022 and one of today.</source>
        <translation>了解程序如何向模型提问，附 2022 年和如今的程序各一个。</translation>
    </message>
    <message>
        <source>Back up now</source>
        <translation>立即备份</translation>
    </message>
    <message>
        <source>Make a backup of all conversations.</source>
        <translation>备份所有对话。</translation>
    </message>
    <message>
        <source>Restore a backup…</source>
        <translation>恢复备份…</translation>
    </message>
    <message>
        <source>Go back to an earlier state of all conversations; the present one is kept beside it.</source>
        <translation>将所有对话恢复到较早的状态；当前状态会另外保留。</translation>
    </message>
    <message>
        <source>Check the database</source>
        <translation>检查数据库</translation>
    </message>
    <message>
        <source>Look for damage in the file of the conversations.</source>
        <translation>检查对话文件是否损坏。</translation>
    </message>
    <message>
        <source>Save what can be read</source>
        <translation>抢救可读取的内容</translation>
    </message>
    <message>
        <source>Put a new file in the place of the damaged one, which is kept.</source>
        <translation>用新文件替换损坏的文件，损坏的文件会保留。</translation>
    </message>
    <message>
        <source>Lock with a passphrase…</source>
        <translation>设置密码…</translation>
    </message>
    <message>
        <source>Encrypt all conversations with a passphrase.</source>
        <translation>用密码加密所有对话。</translation>
    </message>
    <message>
        <source>Change passphrase…</source>
        <translation>更改密码…</translation>
    </message>
    <message>
        <source>Use another passphrase.</source>
        <translation>改用另一个密码。</translation>
    </message>
    <message>
        <source>Remove passphrase…</source>
        <translation>移除密码…</translation>
    </message>
    <message>
        <source>Store the conversations unencrypted.</source>
        <translation>以未加密的方式存储对话。</translation>
    </message>
    <message>
        <source>Forget in the keyring</source>
        <translation>从密钥环中移除密码</translation>
    </message>
    <message>
        <source>Remove the passphrase from the keyring of the system; it is asked for at each start then.</source>
        <translation>从系统密钥环中移除密码，之后每次启动都会询问。</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>对话列表</translation>
    </message>
    <message>
        <source>Show or hide the list of conversations.</source>
        <translation>显示或隐藏对话列表。</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>Show or hide the parameters.</source>
        <translation>显示或隐藏参数。</translation>
    </message>
    <message>
        <source>Show the archive in the list, or the conversations again.</source>
        <translation>在列表中显示归档，或返回对话。</translation>
    </message>
    <message>
        <source>Trash</source>
        <translation>回收站</translation>
    </message>
    <message>
        <source>Show what was deleted in the last 30 days, or the conversations again.</source>
        <translation>显示最近 30 天删除的内容，或返回对话。</translation>
    </message>
    <message>
        <source>Find anything</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Find a command, a conversation, a message, a model, a setting or a parameter by a part of its name.</source>
        <translation>按名称的一部分查找命令、对话、消息、模型、设置或参数。</translation>
    </message>
    <message>
        <source>Go to the list</source>
        <translation>转到列表</translation>
    </message>
    <message>
        <source>Go to the list of conversations.</source>
        <translation>转到对话列表。</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>输入</translation>
    </message>
    <message>
        <source>Go to the field where you write.</source>
        <translation>转到输入框。</translation>
    </message>
    <message>
        <source>Newest text</source>
        <translation>最新内容</translation>
    </message>
    <message>
        <source>Larger</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Make everything larger.</source>
        <translation>放大所有内容。</translation>
    </message>
    <message>
        <source>Smaller</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Make everything smaller.</source>
        <translation>缩小所有内容。</translation>
    </message>
    <message>
        <source>Normal size</source>
        <translation>正常大小</translation>
    </message>
    <message>
        <source>Go back to normal size.</source>
        <translation>恢复正常大小。</translation>
    </message>
    <message>
        <source>Next theme</source>
        <translation>切换主题</translation>
    </message>
    <message>
        <source>Go from system to light, dark and high contrast.</source>
        <translation>依次切换跟随系统、浅色、深色和高对比度。</translation>
    </message>
    <message>
        <source>Dense or roomy</source>
        <translation>紧凑或宽松</translation>
    </message>
    <message>
        <source>Stand closer together, or further apart again.</source>
        <translation>让内容更紧凑，或恢复宽松。</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Show every key; ? does it outside of text fields.</source>
        <translation>显示所有快捷键；在文本框之外也可以按 ?。</translation>
    </message>
    <message>
        <source>Commands and keys</source>
        <translation>命令与快捷键</translation>
    </message>
    <message>
        <source>Read what each command does and which key it has.</source>
        <translation>查看每个命令的作用及其快捷键。</translation>
    </message>
    <message>
        <source>Change keys…</source>
        <translation>更改快捷键…</translation>
    </message>
    <message>
        <source>Give commands other keys, or take those of Vim or Emacs.</source>
        <translation>为命令设置其他快捷键，或采用 Vim 或 Emacs 的快捷键。</translation>
    </message>
    <message>
        <source>Look for updates</source>
        <translation>检查更新</translation>
    </message>
    <message>
        <source>Ask whether there is a newer version, and what is new; nothing is installed.</source>
        <translation>询问是否有更新的版本以及其中的新内容；不会安装任何东西。</translation>
    </message>
    <message>
        <source>About</source>
        <translation>关于</translation>
    </message>
    <message>
        <source>Show version and licence.</source>
        <translation>显示版本和许可证。</translation>
    </message>
    <message>
        <source>Use a server…</source>
        <translation>使用服务器…</translation>
    </message>
    <message>
        <source>Use a model of an OpenAI-compatible server; what you write then goes there.</source>
        <translation>使用 OpenAI 兼容服务器上的模型；之后您写的内容会发送到那里。</translation>
    </message>
    <message>
        <source>Key for a server…</source>
        <translation>服务器密钥…</translation>
    </message>
    <message>
        <source>Give the key that a server wants.</source>
        <translation>输入服务器要求的密钥。</translation>
    </message>
    <message>
        <source>Forget a server…</source>
        <translation>忘记服务器…</translation>
    </message>
    <message>
        <source>Remove a server from the list, with its key.</source>
        <translation>从列表中移除服务器及其密钥。</translation>
    </message>
    <message>
        <source>Adapters…</source>
        <translation>适配器…</translation>
    </message>
    <message>
        <source>Put LoRA adapters and control vectors beside the model, and say how strong they are.</source>
        <translation>把 LoRA 适配器和控制向量加到模型旁，并设定它们的强度。</translation>
    </message>
    <message>
        <source>Projector for pictures</source>
        <translation>图片投影器</translation>
    </message>
    <message>
        <source>Choose the mmproj file through which this model sees, the one beside it again, or none.</source>
        <translation>选择此模型用来看图片的 mmproj 文件，或恢复使用旁边的那个，或不使用。</translation>
    </message>
    <message>
        <source>Find a model…</source>
        <translation>查找模型…</translation>
    </message>
    <message>
        <source>Look for models on the model hub, or among those that we suggest; nothing is asked before you type.</source>
        <translation>在模型库中或我们推荐的模型中查找；在您输入之前不会联网。</translation>
    </message>
    <message>
        <source>Token of the model hub…</source>
        <translation>模型库的令牌…</translation>
    </message>
    <message>
        <source>Give the token of your account at the model hub, which models with terms want; the keyring keeps it.</source>
        <translation>提供您在模型库的账户令牌，有使用条款的模型需要它；令牌保存在密钥环中。</translation>
    </message>
    <message>
        <source>Test the model hub</source>
        <translation>测试模型库</translation>
    </message>
    <message>
        <source>See whether the model hub answers, and whether it knows your token.</source>
        <translation>查看模型库是否应答，以及是否认得您的令牌。</translation>
    </message>
    <message>
        <source>Downloads</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>See what is being downloaded; Space pauses and resumes, Alt+Up moves up, Delete removes.</source>
        <translation>查看正在下载的内容；空格键暂停和继续，Alt+Up 上移，Delete 移除。</translation>
    </message>
    <message>
        <source>Open the new model</source>
        <translation>打开新模型</translation>
    </message>
    <message>
        <source>Open the model that was downloaded last.</source>
        <translation>打开最近下载的模型。</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>See the models that are here and what each can do; open, rename, tag, verify or delete them.</source>
        <translation>查看本机的模型及其能力；打开、重命名、加标签、校验或删除它们。</translation>
    </message>
    <message>
        <source>Models of other programs…</source>
        <translation>其他程序的模型…</translation>
    </message>
    <message>
        <source>Use the models of Ollama, LM Studio, Jan, GPT4All, llama.cpp or the Hugging Face cache where they lie.</source>
        <translation>就地使用 Ollama、LM Studio、Jan、GPT4All、llama.cpp 或 Hugging Face 缓存中的模型。</translation>
    </message>
    <message>
        <source>Add a folder of models…</source>
        <translation>添加模型文件夹…</translation>
    </message>
    <message>
        <source>Use the models in a folder where they lie; nothing is copied.</source>
        <translation>就地使用文件夹中的模型；不复制任何内容。</translation>
    </message>
    <message>
        <source>Find the model of a link</source>
        <translation>查找链接中的模型</translation>
    </message>
    <message>
        <source>Look on the model hub for the model whose address was pasted.</source>
        <translation>在模型中心查找所粘贴地址的模型。</translation>
    </message>
    <message>
        <source>Empty the trash of the models</source>
        <translation>清空模型回收站</translation>
    </message>
    <message>
        <source>Delete the models that were thrown away, and get their room back.</source>
        <translation>彻底删除已丢弃的模型，释放它们占用的空间。</translation>
    </message>
    <message>
        <source>Make a model smaller…</source>
        <translation>缩小模型…</translation>
    </message>
    <message>
        <source>Quantize a model that is here in F16 or BF16; the new one lies beside it.</source>
        <translation>量化本机的 F16 或 BF16 模型；新模型放在它旁边。</translation>
    </message>
    <message>
        <source>Verify all models</source>
        <translation>校验所有模型</translation>
    </message>
    <message>
        <source>Read all models and see whether they are what they were when they came.</source>
        <translation>读取所有模型，查看它们是否与下载时一致。</translation>
    </message>
    <message>
        <source>Look for newer versions</source>
        <translation>查找新版本</translation>
    </message>
    <message>
        <source>Ask the model hub whether models that came from it have changed there; the network is used for this alone.</source>
        <translation>询问模型库，来自那里的模型是否已更改；仅为此使用网络。</translation>
    </message>
    <message>
        <source>Find models that are here twice</source>
        <translation>查找重复的模型</translation>
    </message>
    <message>
        <source>See which files have the same content, and let the copies become links; nothing is changed before you say so.</source>
        <translation>查看哪些文件内容相同，并将副本变为链接；在您确认之前不会更改任何内容。</translation>
    </message>
    <message>
        <source>Undo the links between models</source>
        <translation>撤销模型之间的链接</translation>
    </message>
    <message>
        <source>Let the copies that became links be files of their own again.</source>
        <translation>让变为链接的副本重新成为独立的文件。</translation>
    </message>
    <message>
        <source>Move the folder of models…</source>
        <translation>移动模型文件夹…</translation>
    </message>
    <message>
        <source>Copy all models to another folder or disk, compare them, and use them there.</source>
        <translation>将所有模型复制到另一个文件夹或磁盘，比较后在那里使用。</translation>
    </message>
    <message>
        <source>What answers cost…</source>
        <translation>回答的开销…</translation>
    </message>
    <message>
        <source>See tokens, seconds and energy by day, model and conversation, beside the price of a cloud.</source>
        <translation>按日期、模型和对话查看词元、时间和能耗，并与云端价格对照。</translation>
    </message>
    <message>
        <source>Glass box…</source>
        <translation>玻璃盒…</translation>
    </message>
    <message>
        <source>Look how a sentence of yours becomes tokens, what may come next, and how parameters bend that.</source>
        <translation>看您的句子怎样变成词元、接下来可能是什么，以及参数怎样改变它。</translation>
    </message>
    <message>
        <source>Doubt lens…</source>
        <translation>存疑透镜…</translation>
    </message>
    <message>
        <source>Ask the same again, four times at once, and see how far the answers agree with each sentence.</source>
        <translation>同一个问题同时再问四次，看这些回答与每个句子有多一致。</translation>
    </message>
    <message>
        <source>Branches…</source>
        <translation>分支…</translation>
    </message>
    <message>
        <source>Show the conversation as a tree: open, name and compare its branches, take messages over into another one.</source>
        <translation>以树状显示对话：打开、命名和比较分支，把消息带到另一个分支。</translation>
    </message>
    <message>
        <source>Versions side by side</source>
        <translation>并排查看版本</translation>
    </message>
    <message>
        <source>Show the versions of the message under the caret, or of the last that has several, beside each other.</source>
        <translation>并排显示光标所在消息（或最后一条有多个版本的消息）的各个版本。</translation>
    </message>
    <message>
        <source>Compare models…</source>
        <translation>比较模型…</translation>
    </message>
    <message>
        <source>Go on from here</source>
        <translation>从这里继续</translation>
    </message>
    <message>
        <source>Show the branch down to the message under the caret; what you send next begins another branch there.</source>
        <translation>只显示到光标所在的消息；接下来发送的内容会从那里开始另一个分支。</translation>
    </message>
    <message>
        <source>Edit answer</source>
        <translation>编辑回答</translation>
    </message>
    <message>
        <source>Write the last answer, or the one under the caret, as you want it; it stands beside the old one.</source>
        <translation>按你的意思改写最后一个回答或光标所在的回答；改写后与原回答并列。</translation>
    </message>
    <message>
        <source>Let two to four models, or one with several parameters, answer what you wrote, else the last question.</source>
        <translation>让二到四个模型，或同一模型用不同参数，回答你写的内容；没写则回答最后一个问题。</translation>
    </message>
</context>
<context>
    <name>CompareCard</name>
    <message>
        <source>Compare answers</source>
        <translation>比较回答</translation>
    </message>
    <message>
        <source>The question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>present parameters</source>
        <translation>当前参数</translation>
    </message>
    <message>
        <source>{preset} · temperature {value}</source>
        <translation>{preset} · 温度 {value}</translation>
    </message>
    <message>
        <source>waits for its turn</source>
        <translation>等待轮到它</translation>
    </message>
    <message>
        <source>The model is being loaded …</source>
        <translation>正在加载模型…</translation>
    </message>
    <message>
        <source>{name} is being loaded again.</source>
        <translation>正在重新加载 {name}。</translation>
    </message>
    <message>
        <source>was not asked</source>
        <translation>未提问</translation>
    </message>
    <message>
        <source>Every answer is kept: they are versions of one answer to the question.</source>
        <translation>所有回答都已保留：它们是同一问题的不同版本。</translation>
    </message>
    <message>
        <source>What you have written is sent first.</source>
        <translation>先发送你写的内容。</translation>
    </message>
    <message>
        <source>The model in use answers once for each pane, one after the other.</source>
        <translation>当前模型依次为每一栏回答一次。</translation>
    </message>
    <message>
        <source>They answer one after the other, for one model is in memory at a time: {size} are read to load {names}, and {present} comes back at the end.</source>
        <translation>内存中同时只有一个模型，所以依次回答：加载 {names} 需读取 {size}，最后恢复 {present}。</translation>
    </message>
    <message>
        <source>Left and Right choose a pane</source>
        <translation>左右键选择一栏</translation>
    </message>
    <message>
        <source>M changes its model</source>
        <translation>M 换模型</translation>
    </message>
    <message>
        <source>P its preset</source>
        <translation>P 换预设</translation>
    </message>
    <message>
        <source>+ and - its temperature</source>
        <translation>+ 和 - 调温度</translation>
    </message>
    <message>
        <source>A adds a pane</source>
        <translation>A 加一栏</translation>
    </message>
    <message>
        <source>Del removes it</source>
        <translation>Del 移除</translation>
    </message>
    <message>
        <source>Enter lets them answer</source>
        <translation>Enter 开始回答</translation>
    </message>
    <message>
        <source>Esc closes</source>
        <translation>Esc 关闭</translation>
    </message>
    <message>
        <source>Up and Down scroll</source>
        <translation>上下键滚动</translation>
    </message>
    <message>
        <source>Esc stops</source>
        <translation>Esc 停止</translation>
    </message>
    <message>
        <source>Enter goes on with this answer</source>
        <translation>Enter 用这个回答继续</translation>
    </message>
</context>
<context>
    <name>Completion</name>
    <message>
        <source>Prompts</source>
        <translation>提示词</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Write a message</source>
        <translation>输入消息</translation>
    </message>
    <message>
        <source>The model cannot see pictures, so {name} cannot be sent.</source>
        <translation>该模型无法识别图片，因此不能发送 {name}。</translation>
    </message>
    <message>
        <source>Take it out with {key}, or describe it in words.</source>
        <translation>按 {key} 移除图片，或用文字描述其内容。</translation>
    </message>
    <message>
        <source>Take it out, or describe it in words.</source>
        <translation>移除图片，或用文字描述其内容。</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 词元</translation>
    </message>
    <message>
        <source>{draft} tokens</source>
        <translation>{draft} 词元</translation>
    </message>
    <message>
        <source>{queued} in the queue</source>
        <translation>队列中 {queued} 条</translation>
    </message>
    <message>
        <source>counting…</source>
        <translation>计数中…</translation>
    </message>
    <message>
        <source>room for {room}</source>
        <translation>还可容纳 {room}</translation>
    </message>
    <message>
        <source>{over} tokens too long</source>
        <translation>超出 {over} 词元</translation>
    </message>
    <message>
        <source>{key} sends it as a new version</source>
        <translation>{key} 作为新版本发送</translation>
    </message>
    <message>
        <source>{key} goes back</source>
        <translation>{key} 返回</translation>
    </message>
    <message>
        <source>Editing your message</source>
        <translation>正在编辑消息</translation>
    </message>
    <message>
        <source>Reading the file…</source>
        <translation>正在读取文件…</translation>
    </message>
    <message>
        <source>Tab goes to the next field</source>
        <translation>Tab 跳到下一个字段</translation>
    </message>
    <message>
        <source>{key} sends it after the answer</source>
        <translation>{key} 在回答结束后发送</translation>
    </message>
    <message>
        <source>{key} stops the answer</source>
        <translation>{key} 停止回答</translation>
    </message>
    <message>
        <source>{key} sends</source>
        <translation>{key} 发送</translation>
    </message>
    <message>
        <source>{key} starts a new line</source>
        <translation>{key} 换行</translation>
    </message>
    <message>
        <source>{name} is too long for the field.</source>
        <translation>{name} 太长，无法放入输入框。</translation>
    </message>
    <message>
        <source>It stays attached; the model reads all of it.</source>
        <translation>文件仍作为附件保留，模型会读取全文。</translation>
    </message>
    <message>
        <source>{name} is a picture.</source>
        <translation>{name} 是图片。</translation>
    </message>
    <message>
        <source>Pasted text</source>
        <translation>粘贴的文本</translation>
    </message>
</context>
<context>
    <name>ComposerCommands</name>
    <message>
        <source>Removed from the queue.</source>
        <translation>已从队列中移除。</translation>
    </message>
    <message>
        <source>Attach files</source>
        <translation>添加附件</translation>
    </message>
    <message>
        <source>Pasted picture</source>
        <translation>粘贴的图片</translation>
    </message>
    <message>
        <source>File removed.</source>
        <translation>附件已移除。</translation>
    </message>
    <message>
        <source>Insert a prompt</source>
        <translation>插入提示词</translation>
    </message>
    <message>
        <source>There is nothing to keep.</source>
        <translation>没有可保存的内容。</translation>
    </message>
    <message>
        <source>Write the prompt first.</source>
        <translation>请先写好提示词。</translation>
    </message>
    <message>
        <source>A word in braces, such as {language}, becomes a field to fill in.</source>
        <translation>花括号中的词（如 {language}）会成为可填写的字段。</translation>
    </message>
    <message>
        <source>Name of the prompt</source>
        <translation>提示词名称</translation>
    </message>
</context>
<context>
    <name>ContextPartsView</name>
    <message>
        <source>Context window</source>
        <translation>上下文窗口</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>Room left</source>
        <translation>剩余空间</translation>
    </message>
    <message>
        <source>{used} of {size} tokens are in use</source>
        <translation>已使用 {used} / {size} 词元</translation>
    </message>
</context>
<context>
    <name>ConversationList</name>
    <message>
        <source>Conversations</source>
        <translation>对话列表</translation>
    </message>
    <message>
        <source>New conversation  {key}</source>
        <translation>新对话  {key}</translation>
    </message>
    <message>
        <source>Search  {key}</source>
        <translation>搜索  {key}</translation>
    </message>
    <message>
        <source>Conversations stand here. Write a message to begin one.</source>
        <translation>这里显示对话。输入消息即可开始。</translation>
    </message>
    <message>
        <source>Nothing is archived. {key} puts a conversation here.</source>
        <translation>没有已归档的对话。按 {key} 可将对话归档。</translation>
    </message>
    <message>
        <source>The trash is empty.</source>
        <translation>回收站是空的。</translation>
    </message>
    <message>
        <source>Archive. {key} goes back to the conversations.</source>
        <translation>归档。按 {key} 返回对话列表。</translation>
    </message>
    <message>
        <source>Trash. Enter brings back; what was deleted 30 days ago is removed. {key} goes back.</source>
        <translation>回收站。按 Enter 恢复；删除满 30 天的内容会被清除。按 {key} 返回。</translation>
    </message>
</context>
<context>
    <name>ConversationListModel</name>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Pinned</source>
        <translation>置顶</translation>
    </message>
    <message>
        <source>Folders</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>归档</translation>
    </message>
    <message>
        <source>message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Deleted {day}</source>
        <translation>{day}删除</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>最近 7 天</translation>
    </message>
    <message>
        <source>Older</source>
        <translation>更早</translation>
    </message>
    <message>
        <source>open</source>
        <translation>已展开</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>已折叠</translation>
    </message>
    <message>
        <source>Folder {title}, {count} conversations, {state}</source>
        <translation>文件夹 {title}，{count} 个对话，{state}</translation>
    </message>
</context>
<context>
    <name>DiffCard</name>
    <message>
        <source>What differs</source>
        <translation>差异</translation>
    </message>
    <message>
        <source>The change</source>
        <translation>当前差异</translation>
    </message>
    <message>
        <source>N and P go to the next and previous change</source>
        <translation>N 和 P 跳到下一处和上一处差异</translation>
    </message>
    <message>
        <source>U puts the texts beside or below each other</source>
        <translation>U 切换左右并排或上下排列</translation>
    </message>
    <message>
        <source>Esc goes back</source>
        <translation>Esc 返回</translation>
    </message>
    <message>
        <source>The texts are the same.</source>
        <translation>两段文字相同。</translation>
    </message>
    <message numerus="yes">
        <source>{count} changes</source>
        <translation>
            <numerusform>{count} 处差异</numerusform>
        </translation>
    </message>
    <message>
        <source>the rest is too long to be shown here</source>
        <translation>其余部分太长，这里不显示</translation>
    </message>
    <message>
        <source>Change {number} of {count}</source>
        <translation>第 {number} 处差异，共 {count} 处</translation>
    </message>
    <message>
        <source>− “{text}”</source>
        <translation>− “{text}”</translation>
    </message>
    <message>
        <source>+ “{text}”</source>
        <translation>+ “{text}”</translation>
    </message>
</context>
<context>
    <name>DiffPage</name>
    <message>
        <source>… {count} equal lines</source>
        <translation>… 相同的 {count} 行</translation>
    </message>
</context>
<context>
    <name>DoubtCard</name>
    <message>
        <source>Doubt lens: how far the model agrees with itself</source>
        <translation>存疑透镜：模型与自己有多一致</translation>
    </message>
    <message>
        <source>This is agreement and not truth: a model may repeat a mistake, and say what is right in other words.</source>
        <translation>这是一致，而不是真实：模型可能重复同一个错误，也可能换个说法说对的话。</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Drawing {count} more answers to the same question: {tokens} tokens, {whole} are whole</source>
        <translation>正在对同一个问题再生成 {count} 个回答：{tokens} 个词元，{whole} 个已完成</translation>
    </message>
    <message>
        <source>Sample {number} is another version of the answer now.</source>
        <translation>样本 {number} 现在是这个回答的另一个版本。</translation>
    </message>
    <message>
        <source>Show a sample first: its number is its key.</source>
        <translation>请先显示一个样本：它的编号就是按键。</translation>
    </message>
    <message>
        <source>Sample {number}, K keeps it</source>
        <translation>样本 {number}，K 保留它</translation>
    </message>
    <message>
        <source>What is most like it in each sample, and how much of the words both have</source>
        <translation>每个样本中与它最相似的句子，以及两者共有多少词</translation>
    </message>
    <message>
        <source>agrees</source>
        <translation>一致</translation>
    </message>
    <message>
        <source>other numbers</source>
        <translation>数字不同</translation>
    </message>
    <message>
        <source>differs</source>
        <translation>不一致</translation>
    </message>
    <message>
        <source>nothing like it</source>
        <translation>没有相似的</translation>
    </message>
    <message>
        <source>R draws anew</source>
        <translation>R 重新生成</translation>
    </message>
    <message>
        <source>- + fewer, more</source>
        <translation>- + 减少、增加</translation>
    </message>
    <message>
        <source>Esc closes</source>
        <translation>Esc 关闭</translation>
    </message>
    <message>
        <source>Up Down sentences · 1 to {count} a sample, K keeps it as a version</source>
        <translation>上下键选句子 · 1 到 {count} 看样本，K 保留为一个版本</translation>
    </message>
    <message numerus="yes">
        <source>All {count} samples agree with {agreed} of {sentences} sentences.</source>
        <translation>
            <numerusform>{sentences} 个句子中，{count} 个样本全都一致的有 {agreed} 个。</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} tokens</source>
        <translation>
            <numerusform>{count} 词元</numerusform>
        </translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>Drawn at temperature {value}: {cost}.</source>
        <translation>在温度 {value} 下生成：{cost}。</translation>
    </message>
    <message>
        <source>The answer is by {one}, the samples by {other}.</source>
        <translation>回答来自 {one}，样本来自 {other}。</translation>
    </message>
</context>
<context>
    <name>DownloadCard</name>
    <message>
        <source>Downloads</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Space pauses and resumes · Enter opens · Alt+Up moves up · Delete removes · Esc closes</source>
        <translation>空格暂停和继续 · Enter 打开 · Alt+Up 上移 · Delete 移除 · Esc 关闭</translation>
    </message>
    <message>
        <source>Delete once more removes it, with the {size} that came.</source>
        <translation>再按一次 Delete 将移除它，连同已下载的 {size}。</translation>
    </message>
    <message>
        <source>Space tries again now.</source>
        <translation>按空格键立即重试。</translation>
    </message>
</context>
<context>
    <name>DownloadCommands</name>
    <message>
        <source>Nothing is being downloaded. {key} finds a model.</source>
        <translation>没有正在下载的内容。{key} 查找模型。</translation>
    </message>
    <message>
        <source>{count} downloads</source>
        <translation>{count} 个下载</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待中</translation>
    </message>
</context>
<context>
    <name>EmptyState</name>
    <message>
        <source>What you write is answered on this computer and stays on it.</source>
        <translation>你输入的内容在这台电脑上得到回答，也只保留在这台电脑上。</translation>
    </message>
    <message>
        <source>Explain in simple words why the sky is blue.</source>
        <translation>用简单的话解释天空为什么是蓝色的。</translation>
    </message>
    <message>
        <source>Write a short poem about the sea at night.</source>
        <translation>写一首关于夜晚大海的短诗。</translation>
    </message>
    <message>
        <source>Give me five ideas for a rainy Sunday.</source>
        <translation>给我五个下雨的星期天可以做的事。</translation>
    </message>
    <message>
        <source>No model is open</source>
        <translation>未打开模型</translation>
    </message>
    <message>
        <source>Open a GGUF file, or drop it here, and the chat can begin.</source>
        <translation>打开或拖入 GGUF 文件，即可开始对话。</translation>
    </message>
    <message>
        <source>Open a model  {key}</source>
        <translation>打开模型  {key}</translation>
    </message>
    <message>
        <source>This model is tiny: good for a first try, often wrong. {key} opens a better one.</source>
        <translation>这个模型很小，适合初次体验，但经常出错。按 {key} 打开更好的模型。</translation>
    </message>
    <message>
        <source>“Open model” in the menu</source>
        <translation>菜单中的“打开模型”</translation>
    </message>
    <message>
        <source>What you write is answered by another program on this computer.</source>
        <translation>您写的内容由这台电脑上的另一个程序回答。</translation>
    </message>
    <message>
        <source>What you write leaves this computer: the server gets all of the conversation.</source>
        <translation>您写的内容会离开这台电脑：服务器会收到整个对话。</translation>
    </message>
    <message>
        <source>Find a model  {key}</source>
        <translation>查找模型  {key}</translation>
    </message>
</context>
<context>
    <name>EndpointCard</name>
    <message>
        <source>Programs that ask the model</source>
        <translation>向模型提问的程序</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Calls</source>
        <translation>请求</translation>
    </message>
    <message>
        <source>No program has asked since the window was opened.</source>
        <translation>自窗口打开以来还没有程序提问。</translation>
    </message>
    <message>
        <source>One moment …</source>
        <translation>请稍候…</translation>
    </message>
    <message>
        <source>Off: no program can ask. Space lets those on this machine ask the model, with a key.</source>
        <translation>已关闭：任何程序都不能提问。按空格键允许本机上持有密钥的程序向模型提问。</translation>
    </message>
    <message>
        <source>programs of the whole network</source>
        <translation>整个网络中的程序</translation>
    </message>
    <message>
        <source>programs on this machine</source>
        <translation>本机上的程序</translation>
    </message>
    <message>
        <source>On for {whose}, as OpenAI&apos;s API at {address}</source>
        <translation>已对{whose}开启，以 OpenAI API 的形式位于 {address}</translation>
    </message>
    <message>
        <source>Space switches it on and off</source>
        <translation>空格键开启和关闭</translation>
    </message>
    <message>
        <source>A copies the address</source>
        <translation>A 复制地址</translation>
    </message>
    <message>
        <source>K the key</source>
        <translation>K 复制密钥</translation>
    </message>
    <message>
        <source>N makes a new key</source>
        <translation>N 生成新密钥</translation>
    </message>
    <message>
        <source>L closes it to other machines</source>
        <translation>L 不再允许其他机器</translation>
    </message>
    <message>
        <source>L lets other machines ask</source>
        <translation>L 允许其他机器提问</translation>
    </message>
    <message>
        <source>Enter makes a conversation of a call</source>
        <translation>回车键把请求变成对话</translation>
    </message>
    <message>
        <source>Delete stops it</source>
        <translation>Delete 键停止它</translation>
    </message>
    <message>
        <source>Esc closes</source>
        <translation>Esc 关闭</translation>
    </message>
    <message>
        <source>Programs that know the key are refused then. N once more does it.</source>
        <translation>之后持有旧密钥的程序将被拒绝。再按一次 N 即生效。</translation>
    </message>
    <message>
        <source>Every machine that reaches this one may ask then, if it knows the key; nothing is encrypted on the way. L once more lets them.</source>
        <translation>之后凡能连到本机并持有密钥的机器都可以提问；传输不加密。再按一次 L 即允许。</translation>
    </message>
    <message>
        <source>It is not answered yet.</source>
        <translation>尚未回答完。</translation>
    </message>
    <message>
        <source>Nothing was said in it, or too long ago to be still known.</source>
        <translation>其中没有对话内容，或时间太久已不再保留。</translation>
    </message>
</context>
<context>
    <name>EndpointCommands</name>
    <message>
        <source>The address for programs is in the clipboard.</source>
        <translation>供程序使用的地址已复制到剪贴板。</translation>
    </message>
    <message>
        <source>The key for programs is in the clipboard.</source>
        <translation>供程序使用的密钥已复制到剪贴板。</translation>
    </message>
    <message>
        <source>No program can ask now, so there is nothing to copy.</source>
        <translation>现在没有程序可以提问，因此没有可复制的内容。</translation>
    </message>
    <message>
        <source>{count} programs ask</source>
        <translation>{count} 个程序在提问</translation>
    </message>
    <message>
        <source>a program asks</source>
        <translation>一个程序在提问</translation>
    </message>
    <message>
        <source>programs may ask</source>
        <translation>程序可提问</translation>
    </message>
</context>
<context>
    <name>EndpointRow</name>
    <message>
        <source>pauses while the window is answered</source>
        <translation>暂停，先回答窗口</translation>
    </message>
    <message>
        <source>is being answered</source>
        <translation>正在回答</translation>
    </message>
    <message>
        <source>waits for its turn</source>
        <translation>等待轮到</translation>
    </message>
    <message>
        <source>the program has left</source>
        <translation>程序已离开</translation>
    </message>
    <message>
        <source>answered</source>
        <translation>已回答</translation>
    </message>
    <message>
        <source>refused ({status})</source>
        <translation>已拒绝（{status}）</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 词元</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
</context>
<context>
    <name>Explain</name>
    <message>
        <source>sure</source>
        <translation>确信</translation>
    </message>
    <message>
        <source>likely</source>
        <translation>较有把握</translation>
    </message>
    <message>
        <source>unsure</source>
        <translation>没把握</translation>
    </message>
    <message>
        <source>guess</source>
        <translation>猜测</translation>
    </message>
    <message>
        <source>would come</source>
        <translation>将会选</translation>
    </message>
    <message>
        <source>came</source>
        <translation>已选</translation>
    </message>
    <message>
        <source>below {percent} %</source>
        <translation>低于 {percent} %</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent} %</translation>
    </message>
    <message>
        <source>end of the answer</source>
        <translation>回答结束</translation>
    </message>
    <message>
        <source>part of a letter, {bytes}</source>
        <translation>一个字的一部分，{bytes}</translation>
    </message>
</context>
<context>
    <name>ExplainCard</name>
    <message>
        <source>How sure the model was</source>
        <translation>模型有多大把握</translation>
    </message>
    <message numerus="yes">
        <source>{count} tokens</source>
        <translation>
            <numerusform>{count} 词元</numerusform>
        </translation>
    </message>
    <message>
        <source>temperature {value}</source>
        <translation>温度 {value}</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>← → token · ↑ ↓ alternative · Enter goes on from there · N, P next, previous unsure · − + temperature, 0 as it was · Esc closes</source>
        <translation>← → 词元 · ↑ ↓ 其他可能 · Enter 从此处续写 · N、P 下一处、上一处没把握 · − + 温度，0 恢复原样 · Esc 关闭</translation>
    </message>
    <message>
        <source>There is no other unsure token in this direction.</source>
        <translation>这个方向上没有其他没把握的词元了。</translation>
    </message>
    <message>
        <source>The model was given this text, so there are no alternatives to it.</source>
        <translation>这段文字是给模型的，不是它选的，所以没有其他可能。</translation>
    </message>
    <message>
        <source>given to the model</source>
        <translation>给模型的文字</translation>
    </message>
    <message>
        <source>token {place} of {count}</source>
        <translation>第 {place} 个词元，共 {count} 个</translation>
    </message>
    <message>
        <source>at temperature {value} it would be “{token}”</source>
        <translation>温度 {value} 时会是“{token}”</translation>
    </message>
    <message>
        <source>Temperature {value}, as it was answered; − and + try others on the same draws.</source>
        <translation>温度 {value}，即回答时的温度；按 − 和 + 可用同样的随机抽取试试别的温度。</translation>
    </message>
    <message>
        <source>Temperature {value} with the same draws: none of {all} tokens would differ.</source>
        <translation>温度 {value}，随机抽取不变：{all} 个词元都不会变。</translation>
    </message>
    <message>
        <source>Temperature {value} with the same draws: {count} of {all} tokens would differ, the first at token {place}, “{other}” for “{chosen}”. What is said of those behind it holds for the text as it is.</source>
        <translation>温度 {value}，随机抽取不变：{all} 个词元中有 {count} 个会变，最先是第 {place} 个，“{other}”取代“{chosen}”。对其后各处的说法以现有文字为前提。</translation>
    </message>
    <message>
        <source>{word} {count}</source>
        <translation>{word} {count}</translation>
    </message>
    <message>
        <source>{percent} % and more</source>
        <translation>{percent} % 及以上</translation>
    </message>
    <message>
        <source>less</source>
        <translation>更低</translation>
    </message>
</context>
<context>
    <name>ExplainCommands</name>
    <message>
        <source>No alternatives were kept with this answer: a server wrote it, it was imported, or it is from before they were kept.</source>
        <translation>这个回答没有保存其他可能：它由服务器生成、从别处导入，或早于开始保存之时。</translation>
    </message>
    <message>
        <source>How sure the model was</source>
        <translation>模型有多大把握</translation>
    </message>
</context>
<context>
    <name>FileChips</name>
    <message>
        <source>Attached files</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>Left and Right choose a file.</source>
        <translation>按左右方向键选择文件。</translation>
    </message>
    <message>
        <source>{key} removes it.</source>
        <translation>按 {key} 移除。</translation>
    </message>
    <message numerus="yes">
        <source>{count} tokens</source>
        <translation>
            <numerusform>{count} 词元</numerusform>
        </translation>
    </message>
    <message>
        <source>counting…</source>
        <translation>计数中…</translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in this conversation</source>
        <translation>在此对话中查找</translation>
    </message>
    <message>
        <source>{next} next · {previous} previous · {close} closes</source>
        <translation>{next} 下一个 · {previous} 上一个 · {close} 关闭</translation>
    </message>
    <message>
        <source>{number} of {total}</source>
        <translation>第 {number} 个，共 {total} 个</translation>
    </message>
    <message>
        <source>{number} of {total} and more</source>
        <translation>第 {number} 个，共 {total} 个以上</translation>
    </message>
    <message>
        <source>{number} of {total} …</source>
        <translation>第 {number} 个，共 {total} 个…</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>未找到</translation>
    </message>
    <message>
        <source>Counts up to {most}</source>
        <translation>最多统计 {most} 个</translation>
    </message>
</context>
<context>
    <name>GlassCard</name>
    <message>
        <source>Glass box: how a text comes about</source>
        <translation>玻璃盒：文本是怎样产生的</translation>
    </message>
    <message>
        <source>Text becomes tokens</source>
        <translation>文本变成词元</translation>
    </message>
    <message>
        <source>A sentence</source>
        <translation>一个句子</translation>
    </message>
    <message>
        <source>Another one</source>
        <translation>另一个句子</translation>
    </message>
    <message>
        <source>What may come next</source>
        <translation>接下来可能是什么</translation>
    </message>
    <message>
        <source>Tokens become text</source>
        <translation>词元变成文本</translation>
    </message>
    <message>
        <source>The chosen token goes behind the text, and all begins anew. That is how every answer is written.</source>
        <translation>选中的词元接在文本后面，然后一切重新开始。每个回答都是这样写成的。</translation>
    </message>
    <message>
        <source>off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>→ {count} →</source>
        <translation>→ {count} →</translation>
    </message>
    <message>
        <source>{count} →</source>
        <translation>{count} →</translation>
    </message>
    <message>
        <source>Up Down chooses · Enter takes it · D draws by chance · Backspace takes back · K P M T and Left Right bend · Esc closes</source>
        <translation>上下键选择 · Enter 采用 · D 按概率抽取 · Backspace 撤回 · K P M T 和左右键调节 · Esc 关闭</translation>
    </message>
    <message>
        <source>Write anything · Tab goes on · Enter goes to what may come next · Esc closes</source>
        <translation>随意书写 · Tab 前往下一处 · Enter 前往可能的后续 · Esc 关闭</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Min-p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>bent · before</source>
        <translation>调节后 · 之前</translation>
    </message>
    <message>
        <source>A model reads no letters but tokens: pieces of text, each with a number.</source>
        <translation>模型读的不是字母，而是词元：一段段文本，每段有一个编号。</translation>
    </message>
    <message>
        <source>The model reads no letters but tokens: pieces of text, each with a number from 0 to {last}.</source>
        <translation>模型读的不是字母，而是词元：一段段文本，每段有一个从 0 到 {last} 的编号。</translation>
    </message>
    <message>
        <source>GPT is a decoder only: a token looks at those before it, never ahead.</source>
        <translation>GPT 只有解码器：每个词元只看它前面的词元，从不往后看。</translation>
    </message>
    <message>
        <source>Its layers compute softmax(QKᵀ/√dₖ)V, and the last gives each token a probability.</source>
        <translation>它的各层计算 softmax(QKᵀ/√dₖ)V，最后一层给每个词元一个概率。</translation>
    </message>
    <message>
        <source>Each of the {layers} layers of this model does so with {heads} heads that compute softmax(QKᵀ/√dₖ)V, dₖ = {key}; what comes out gives each token a probability.</source>
        <translation>这个模型的 {layers} 层，每层用 {heads} 个头这样看，计算 softmax(QKᵀ/√dₖ)V，dₖ = {key}；最后的结果给每个词元一个概率。</translation>
    </message>
</context>
<context>
    <name>HubCard</name>
    <message>
        <source>Find a model</source>
        <translation>查找模型</translation>
    </message>
    <message>
        <source>Up and Down choose a model, Enter goes to its files</source>
        <translation>上下键选择模型，Enter 转到其文件</translation>
    </message>
    <message>
        <source>A part of a name, like qwen3 4b</source>
        <translation>名称的一部分，例如 qwen3 4b</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Enter downloads it · Left goes back · Tab goes to what is said about it · Esc closes</source>
        <translation>Enter 下载 · 左键返回 · Tab 转到模型说明 · Esc 关闭</translation>
    </message>
    <message>
        <source>Up and Down scroll · Tab goes on · Esc closes</source>
        <translation>上下键滚动 · Tab 继续 · Esc 关闭</translation>
    </message>
    <message>
        <source>Also: author:qwen  lang:zh  licence:mit  size:1B-8B  sort:downloads</source>
        <translation>还可以：author:qwen  lang:zh  licence:mit  size:1B-8B  sort:downloads</translation>
    </message>
    <message>
        <source>What you type is sent to {host}.</source>
        <translation>您输入的内容会发送到 {host}。</translation>
    </message>
    <message>
        <source>Asking {host}…</source>
        <translation>正在询问 {host}…</translation>
    </message>
    <message>
        <source>What we suggest; nothing has been asked of the network</source>
        <translation>我们的推荐；尚未联网</translation>
    </message>
    <message>
        <source>Nothing like that. Try a shorter name, or fewer filters.</source>
        <translation>没有找到。请试试更短的名称，或减少筛选条件。</translation>
    </message>
    <message>
        <source>{count} found</source>
        <translation>找到 {count} 个</translation>
    </message>
</context>
<context>
    <name>HubCommands</name>
    <message>
        <source>The token is kept in the keyring of the system, and sent to {host} alone.</source>
        <translation>令牌保存在系统的密钥环中，只会发送给 {host}。</translation>
    </message>
    <message>
        <source>Token of the model hub</source>
        <translation>模型库的令牌</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>令牌</translation>
    </message>
    <message>
        <source>is asked</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Type to narrow the list, or an address like hf-mirror.com</source>
        <translation>输入以缩小列表，或输入地址，例如 hf-mirror.com</translation>
    </message>
    <message>
        <source>Which model hub is asked</source>
        <translation>使用哪个模型库</translation>
    </message>
</context>
<context>
    <name>HubPane</name>
    <message>
        <source>Read the terms</source>
        <translation>阅读条款</translation>
    </message>
    <message>
        <source>Give a token</source>
        <translation>提供令牌</translation>
    </message>
    <message>
        <source>Variants</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Up and Down choose one, Enter downloads it, Left goes back</source>
        <translation>上下键选择，Enter 下载，左键返回</translation>
    </message>
    <message>
        <source>About the model</source>
        <translation>关于此模型</translation>
    </message>
    <message>
        <source>{repo}

Enter asks {host} for its files.</source>
        <translation>{repo}

按 Enter 向 {host} 查询其文件。</translation>
    </message>
    <message>
        <source>Asking for its files…</source>
        <translation>正在查询其文件…</translation>
    </message>
    <message>
        <source>There is no model file (GGUF) in this repository.</source>
        <translation>此仓库中没有模型文件（GGUF）。</translation>
    </message>
    <message>
        <source>best here</source>
        <translation>最适合本机</translation>
    </message>
    <message>
        <source>There is more of it on its page.</source>
        <translation>其页面上还有更多内容。</translation>
    </message>
    <message>
        <source>This variant lacks {count} of its parts; choose another one.</source>
        <translation>此版本缺少 {count} 个部分；请选择另一个。</translation>
    </message>
    <message>
        <source>Before it can be downloaded, accept its terms on its page; then somebody decides.</source>
        <translation>下载之前，请在其页面上接受条款；之后由所有者审批。</translation>
    </message>
    <message>
        <source>Before it can be downloaded, accept its terms on its page.</source>
        <translation>下载之前，请在其页面上接受条款。</translation>
    </message>
    <message>
        <source>{name} ({size}) comes along, for pictures.</source>
        <translation>{name}（{size}）会一并下载，用于识别图片。</translation>
    </message>
    <message>
        <source>Also there, and no model: {names}</source>
        <translation>其他非模型文件：{names}</translation>
    </message>
    <message>
        <source>Left out, because no file may be called so: {count}</source>
        <translation>因文件名不被允许而略去：{count} 个</translation>
    </message>
</context>
<context>
    <name>HubWords</name>
    <message>
        <source>about {size}</source>
        <translation>约 {size}</translation>
    </message>
    <message>
        <source>{count} downloads</source>
        <translation>{count} 次下载</translation>
    </message>
    <message>
        <source>{count} parameters</source>
        <translation>{count} 参数</translation>
    </message>
    <message>
        <source>about {size} as {quant}</source>
        <translation>{quant} 约 {size}</translation>
    </message>
    <message>
        <source>licence {name}</source>
        <translation>许可证 {name}</translation>
    </message>
    <message>
        <source>terms, then a yes</source>
        <translation>有条款，需审批</translation>
    </message>
    <message>
        <source>terms</source>
        <translation>有条款</translation>
    </message>
    <message>
        <source>chat</source>
        <translation>聊天</translation>
    </message>
    <message>
        <source>reasoning</source>
        <translation>推理</translation>
    </message>
    <message>
        <source>code</source>
        <translation>编程</translation>
    </message>
    <message>
        <source>writing</source>
        <translation>写作</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>vectors</source>
        <translation>向量</translation>
    </message>
    <message>
        <source>history</source>
        <translation>历史</translation>
    </message>
    <message>
        <source>the usual choice</source>
        <translation>常用选择</translation>
    </message>
    <message>
        <source>{count} parts</source>
        <translation>{count} 个部分</translation>
    </message>
    <message>
        <source>parts missing: {count}</source>
        <translation>缺少 {count} 个部分</translation>
    </message>
    <message>
        <source>cannot be verified</source>
        <translation>无法校验</translation>
    </message>
    <message>
        <source>on the GPU</source>
        <translation>可全部放入 GPU</translation>
    </message>
    <message>
        <source>partly on the GPU</source>
        <translation>可部分放入 GPU</translation>
    </message>
    <message>
        <source>on the CPU</source>
        <translation>在 CPU 上运行</translation>
    </message>
    <message>
        <source>does not fit</source>
        <translation>放不下</translation>
    </message>
    <message>
        <source>about {speed} tokens/s</source>
        <translation>约 {speed} 词元/秒</translation>
    </message>
    <message>
        <source>{size} of {free} free on {device}</source>
        <translation>{device} 上占用 {size}，可用 {free}</translation>
    </message>
    <message>
        <source>With a context of {count} tokens: {sizes}.</source>
        <translation>上下文为 {count} 个词元时：{sizes}。</translation>
    </message>
    <message>
        <source>There is room for up to {count}.</source>
        <translation>最多可容纳 {count} 个词元。</translation>
    </message>
    <message>
        <source>context {count}</source>
        <translation>上下文 {count}</translation>
    </message>
    <message>
        <source>no licence named</source>
        <translation>未注明许可证</translation>
    </message>
    <message>
        <source>{count} likes</source>
        <translation>{count} 个赞</translation>
    </message>
    <message>
        <source>changed {day}</source>
        <translation>更新于 {day}</translation>
    </message>
    <message>
        <source>made from {names}</source>
        <translation>基于 {names}</translation>
    </message>
</context>
<context>
    <name>KeyDialog</name>
    <message>
        <source>Change keys</source>
        <translation>更改快捷键</translation>
    </message>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Preset {name}</source>
        <translation>预设 {name}</translation>
    </message>
    <message>
        <source>Find a command</source>
        <translation>查找命令</translation>
    </message>
    <message>
        <source>Type a part of a command&apos;s name, or of its key</source>
        <translation>输入命令名称或快捷键的一部分</translation>
    </message>
    <message>
        <source>Commands with their keys</source>
        <translation>命令及其快捷键</translation>
    </message>
    <message>
        <source>Press the new key for “{title}”. Esc goes back.</source>
        <translation>请按下“{title}”的新快捷键。按 Esc 返回。</translation>
    </message>
    <message>
        <source>{key} is “{others}”. Enter takes it over, another key is tried instead, Esc goes back.</source>
        <translation>{key} 已用于“{others}”。按 Enter 改为当前命令使用，按其他键另选，按 Esc 返回。</translation>
    </message>
    <message>
        <source>no key</source>
        <translation>无快捷键</translation>
    </message>
    <message>
        <source>Enter gives a key · Del takes its keys away · Ctrl+Del as in the preset · Tab to the presets</source>
        <translation>Enter 设置快捷键 · Del 清除 · Ctrl+Del 恢复预设 · Tab 切换到预设</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>• changed by you; the preset has {keys}</source>
        <translation>• 已由你更改；预设为 {keys}</translation>
    </message>
    <message>
        <source>This cannot be a key of a command. Press another one; Esc goes back.</source>
        <translation>该键不能用作命令的快捷键。请换一个，或按 Esc 返回。</translation>
    </message>
    <message>
        <source>{key} belongs to input methods. Press another one; Esc goes back.</source>
        <translation>{key} 由输入法使用。请换一个，或按 Esc 返回。</translation>
    </message>
    <message>
        <source>{key} belongs to the system. Press another one; Esc goes back.</source>
        <translation>{key} 由系统使用。请换一个，或按 Esc 返回。</translation>
    </message>
    <message>
        <source>{key} opens a menu. Press another one; Esc goes back.</source>
        <translation>{key} 用于打开菜单。请换一个，或按 Esc 返回。</translation>
    </message>
    <message>
        <source>{key} is needed in text fields. Press another one; Esc goes back.</source>
        <translation>{key} 在文本框中需要用到。请换一个，或按 Esc 返回。</translation>
    </message>
    <message>
        <source>{key} moves about in the window. Press another one; Esc goes back.</source>
        <translation>{key} 用于在窗口中移动。请换一个，或按 Esc 返回。</translation>
    </message>
    <message>
        <source>The key of “{title}” is a setting: “Send with”.</source>
        <translation>“{title}”的快捷键由设置项“发送键”决定。</translation>
    </message>
</context>
<context>
    <name>KeyHelp</name>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>{key} says what each command does.</source>
        <translation>{key} 说明每个命令的作用。</translation>
    </message>
</context>
<context>
    <name>KeyReference</name>
    <message>
        <source>Commands and keys</source>
        <translation>命令与快捷键</translation>
    </message>
</context>
<context>
    <name>LedgerCard</name>
    <message>
        <source>What answers cost</source>
        <translation>回答的开销</translation>
    </message>
    <message>
        <source>Nothing was answered yet. What answers take will stand here.</source>
        <translation>还没有任何回答。回答的开销会显示在这里。</translation>
    </message>
    <message>
        <source>Sources</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Titles, and samples that were not kept, are counted where they were generated.</source>
        <translation>标题和未保留的样本也计入其生成时所在的日期、模型和对话。</translation>
    </message>
    <message numerus="yes">
        <source>unknown of {count} answers</source>
        <translation>
            <numerusform>{count} 个回答未知</numerusform>
        </translation>
    </message>
    <message>
        <source>Energy: {parts}</source>
        <translation>能耗：{parts}</translation>
    </message>
    <message>
        <source>Cloud: no prices to compare with.</source>
        <translation>云端：没有可对照的价格。</translation>
    </message>
    <message>
        <source>an example, no offer</source>
        <translation>示例，并非报价</translation>
    </message>
    <message>
        <source>your prices</source>
        <translation>您填写的价格</translation>
    </message>
    <message>
        <source>Cloud: {prompt} for a million prompt tokens, {completion} for generated ones ({example}).</source>
        <translation>云端：每百万提示词元 {prompt}，每百万生成词元 {completion}（{example}）。</translation>
    </message>
    <message>
        <source>Tab goes on · Enter takes it · Esc goes back</source>
        <translation>Tab 下一项 · Enter 确定 · Esc 返回</translation>
    </message>
    <message>
        <source>1 2 3 or Tab: by day, model, conversation · E changes prices and watts · Esc closes</source>
        <translation>1 2 3 或 Tab：按日期、模型、对话 · E 修改价格和瓦数 · Esc 关闭</translation>
    </message>
    <message>
        <source>A million prompt tokens</source>
        <translation>每百万提示词元</translation>
    </message>
    <message>
        <source>A million generated tokens</source>
        <translation>每百万生成词元</translation>
    </message>
    <message>
        <source>Currency</source>
        <translation>货币</translation>
    </message>
    <message>
        <source>Watts while it answers</source>
        <translation>回答时的瓦数</translation>
    </message>
    <message>
        <source>By day</source>
        <translation>按日期</translation>
    </message>
    <message>
        <source>By model</source>
        <translation>按模型</translation>
    </message>
    <message>
        <source>By conversation</source>
        <translation>按对话</translation>
    </message>
</context>
<context>
    <name>LedgerTable</name>
    <message>
        <source>Day</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Cloud, {currency}</source>
        <translation>云端，{currency}</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Prompt tokens</source>
        <translation>提示词元</translation>
    </message>
    <message>
        <source>Generated</source>
        <translation>生成词元</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Energy</source>
        <translation>能耗</translation>
    </message>
    <message>
        <source>Without a name</source>
        <translation>没有名称</translation>
    </message>
    <message>
        <source>Untitled</source>
        <translation>无标题</translation>
    </message>
    <message>
        <source>Together</source>
        <translation>合计</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation>{minutes} 分钟</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} 小时 {minutes} 分钟</translation>
    </message>
</context>
<context>
    <name>LibraryCard</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Up and Down choose a model, Enter opens it</source>
        <translation>上下键选择模型，回车打开</translation>
    </message>
    <message>
        <source>A part of a name, or what it is, like vision Q4</source>
        <translation>名称的一部分，或其特征，例如 vision Q4</translation>
    </message>
    <message>
        <source>What to call it; empty is its own name</source>
        <translation>新名称；留空则用原名</translation>
    </message>
    <message>
        <source>Tags, with commas between them</source>
        <translation>标签，以逗号分隔</translation>
    </message>
    <message>
        <source>It is not in our own folder, and another program may use it. Del again puts it into the trash.</source>
        <translation>它不在我们自己的文件夹中，其他程序可能正在使用。再按一次 Del 会将它移入回收站。</translation>
    </message>
    <message>
        <source>{key} brings back what was deleted</source>
        <translation>{key} 恢复已删除的模型</translation>
    </message>
    <message>
        <source>{key} finds others on the model hub</source>
        <translation>{key} 在模型中心查找其他模型</translation>
    </message>
    <message>
        <source>{key} uses models of other programs</source>
        <translation>{key} 使用其他程序的模型</translation>
    </message>
    <message numerus="yes">
        <source>{count} models, {size}</source>
        <translation>
            <numerusform>{count} 个模型，{size}</numerusform>
        </translation>
    </message>
    <message>
        <source>Looking at the folders…</source>
        <translation>正在查看文件夹…</translation>
    </message>
    <message>
        <source>Nothing of that name.</source>
        <translation>没有这个名称。</translation>
    </message>
    <message>
        <source>There is no model yet. They lie in {folder}.</source>
        <translation>还没有模型。模型存放在 {folder}。</translation>
    </message>
    <message>
        <source>Reading {name} · {percent} %</source>
        <translation>正在读取 {name} · {percent} %</translation>
    </message>
    <message>
        <source>{key} looks for newer versions</source>
        <translation>{key} 查找新版本</translation>
    </message>
    <message>
        <source>{key} finds copies</source>
        <translation>{key} 查找副本</translation>
    </message>
    <message>
        <source>{key} moves the folder</source>
        <translation>{key} 移动文件夹</translation>
    </message>
</context>
<context>
    <name>LibraryCommands</name>
    <message>
        <source>Use models where they lie</source>
        <translation>就地使用模型</translation>
    </message>
    <message numerus="yes">
        <source>{count} models, {size}</source>
        <translation>
            <numerusform>{count} 个模型，{size}</numerusform>
        </translation>
    </message>
    <message>
        <source>Use {program}</source>
        <translation>使用 {program}</translation>
    </message>
    <message>
        <source>No longer use {program}</source>
        <translation>不再使用 {program}</translation>
    </message>
    <message>
        <source>No other program has models in its usual folder.</source>
        <translation>没有其他程序在其常用文件夹中存有模型。</translation>
    </message>
    <message>
        <source>Add the folder that it uses.</source>
        <translation>请添加它所使用的文件夹。</translation>
    </message>
    <message>
        <source>Models of other programs</source>
        <translation>其他程序的模型</translation>
    </message>
    <message>
        <source>{name} is a model of the hub.</source>
        <translation>{name} 是模型库中的模型。</translation>
    </message>
    <message>
        <source>See its files, and fetch one.</source>
        <translation>查看其文件并下载。</translation>
    </message>
</context>
<context>
    <name>LibraryPane</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Header</source>
        <translation>文件头</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Header of the model</source>
        <translation>模型的文件头</translation>
    </message>
    <message>
        <source>Make smaller</source>
        <translation>缩小</translation>
    </message>
</context>
<context>
    <name>LibraryWords</name>
    <message>
        <source>added</source>
        <translation>已添加</translation>
    </message>
    <message>
        <source>Own name</source>
        <translation>原名</translation>
    </message>
    <message>
        <source>Its makers call it</source>
        <translation>作者所用名称</translation>
    </message>
    <message>
        <source>Architecture</source>
        <translation>架构</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Numbers</source>
        <translation>量化</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Good for</source>
        <translation>用途</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Used last</source>
        <translation>上次使用</translation>
    </message>
    <message>
        <source>Belongs to</source>
        <translation>属于</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Projector</source>
        <translation>投影器</translation>
    </message>
    <message>
        <source>chat</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>reasoning</source>
        <translation>推理</translation>
    </message>
    <message>
        <source>tools</source>
        <translation>工具</translation>
    </message>
    <message>
        <source>pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>vectors</source>
        <translation>向量</translation>
    </message>
    <message>
        <source>ranking</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>projector without its model</source>
        <translation>缺少对应模型的投影器</translation>
    </message>
    <message>
        <source>adapter</source>
        <translation>适配器</translation>
    </message>
    <message>
        <source>goes on with a text</source>
        <translation>续写文本</translation>
    </message>
    <message>
        <source>{size} in {count} files</source>
        <translation>{size}，共 {count} 个文件</translation>
    </message>
    <message>
        <source>Adapters that its program applies</source>
        <translation>其程序应用的适配器</translation>
    </message>
</context>
<context>
    <name>LinkQuestion</name>
    <message>
        <source>The browser would open {host}:

{address}</source>
        <translation>浏览器将打开 {host}：

{address}</translation>
    </message>
    <message>
        <source>Open this link?</source>
        <translation>打开此链接？</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Reading the prompt · {done} of {total} tokens</source>
        <translation>正在读取提示 · {done} / {total} 词元</translation>
    </message>
    <message>
        <source>{key} stops</source>
        <translation>{key} 停止</translation>
    </message>
    <message>
        <source>Loading {name} · {percent} %</source>
        <translation>正在加载 {name} · {percent}%</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
</context>
<context>
    <name>MemoryCard</name>
    <message>
        <source>Memory of {name}</source>
        <translation>{name} 占用的内存</translation>
    </message>
    <message>
        <source>Weights</source>
        <translation>权重</translation>
    </message>
    <message>
        <source>KV cache</source>
        <translation>KV 缓存</translation>
    </message>
    <message>
        <source>Compute</source>
        <translation>计算</translation>
    </message>
    <message>
        <source>Together</source>
        <translation>合计</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>可用</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>planned</source>
        <translation>计划</translation>
    </message>
    <message>
        <source>took</source>
        <translation>实际</translation>
    </message>
    <message>
        <source>for pictures</source>
        <translation>用于图片</translation>
    </message>
    <message>
        <source>with {name}</source>
        <translation>其中 {name}</translation>
    </message>
    <message>
        <source>takes {size} of {free} free memory</source>
        <translation>占用 {size}，可用内存 {free}</translation>
    </message>
    <message>
        <source>takes {size} of memory</source>
        <translation>占用 {size} 内存</translation>
    </message>
    <message>
        <source>{size} of {free} free on {device}</source>
        <translation>{device} 上占用 {size}，可用 {free}</translation>
    </message>
</context>
<context>
    <name>Menu</name>
    <message>
        <source>&amp;Conversation</source>
        <translation>对话(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Message</source>
        <translation>消息(&amp;M)</translation>
    </message>
    <message>
        <source>M&amp;odel</source>
        <translation>模型(&amp;O)</translation>
    </message>
    <message>
        <source>&amp;Store</source>
        <translation>存储(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
</context>
<context>
    <name>MessageField</name>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
</context>
<context>
    <name>MessageWords</name>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>… {count} more lines</source>
        <translation>… 还有 {count} 行</translation>
    </message>
    <message>
        <source>The answer failed.</source>
        <translation>回答失败。</translation>
    </message>
    <message>
        <source>Interrupted. {key} continues.</source>
        <translation>回答中断。按 {key} 继续。</translation>
    </message>
    <message>
        <source>Interrupted.</source>
        <translation>回答中断。</translation>
    </message>
    <message>
        <source>Stopped. {key} continues.</source>
        <translation>已停止。按 {key} 继续。</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>已停止。</translation>
    </message>
    <message>
        <source>Cut at the longest length. {key} continues.</source>
        <translation>已达到最大长度。按 {key} 继续。</translation>
    </message>
    <message>
        <source>Cut at the longest length.</source>
        <translation>已达到最大长度。</translation>
    </message>
    <message numerus="yes">
        <source>{count} tokens</source>
        <translation>
            <numerusform>{count} 词元</numerusform>
        </translation>
    </message>
    <message>
        <source>{speed} tok/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
    <message>
        <source>Thinking</source>
        <translation>思考中</translation>
    </message>
    <message>
        <source>Reasoning</source>
        <translation>推理</translation>
    </message>
    <message numerus="yes">
        <source>{count} words</source>
        <translation>
            <numerusform>{count} 词</numerusform>
        </translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>first token {seconds} s</source>
        <translation>首词元 {seconds} 秒</translation>
    </message>
    <message>
        <source>{right} of {guesses} guesses right</source>
        <translation>猜中 {right} / {guesses}</translation>
    </message>
    <message>
        <source>ended by itself</source>
        <translation>自然结束</translation>
    </message>
    <message>
        <source>temperature {value}</source>
        <translation>温度 {value}</translation>
    </message>
    <message>
        <source>max {count}</source>
        <translation>上限 {count}</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>不限长度</translation>
    </message>
    <message>
        <source>seed {seed}</source>
        <translation>种子 {seed}</translation>
    </message>
    <message>
        <source>seed {seed}, not repeatable</source>
        <translation>种子 {seed}，不可复现</translation>
    </message>
    <message numerus="yes">
        <source>the {count} oldest messages did not fit and were left out</source>
        <translation>
            <numerusform>最早的 {count} 条消息放不下，已略去</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} tokens were dropped to make room</source>
        <translation>
            <numerusform>为腾出空间丢弃了 {count} 词元</numerusform>
        </translation>
    </message>
    <message>
        <source>{energy}, {source}</source>
        <translation>能耗 {energy}，{source}</translation>
    </message>
</context>
<context>
    <name>ModelWorkCard</name>
    <message>
        <source>Esc hides this, and it goes on · Delete stops it</source>
        <translation>Esc 隐藏，任务继续 · Delete 停止</translation>
    </message>
</context>
<context>
    <name>ModelWorkCommands</name>
    <message>
        <source>A folder that is empty or not there yet. All is copied and compared before it is used.</source>
        <translation>空文件夹或尚不存在的文件夹。使用之前会复制并比较全部内容。</translation>
    </message>
    <message>
        <source>Move the folder of models</source>
        <translation>移动模型文件夹</translation>
    </message>
    <message>
        <source>about {size}</source>
        <translation>约 {size}</translation>
    </message>
    <message>
        <source>Make {name} smaller</source>
        <translation>缩小 {name}</translation>
    </message>
    <message>
        <source>No model here is in F16 or BF16; others would lose twice when they are made smaller.</source>
        <translation>本机没有 F16 或 BF16 的模型；其他模型再次缩小会有双重损失。</translation>
    </message>
    <message numerus="yes">
        <source>The hub has newer versions of {count} models.</source>
        <translation>
            <numerusform>模型库中有 {count} 个模型的新版本。</numerusform>
        </translation>
    </message>
    <message>
        <source>See them, and fetch one.</source>
        <translation>查看并下载。</translation>
    </message>
    <message>
        <source>All of them</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Fetch a newer version</source>
        <translation>下载新版本</translation>
    </message>
    <message numerus="yes">
        <source>{count} models are here more than once.</source>
        <translation>
            <numerusform>{count} 个模型有重复。</numerusform>
        </translation>
    </message>
    <message>
        <source>See which could become links.</source>
        <translation>查看哪些可以变为链接。</translation>
    </message>
    <message>
        <source>{name} stays · {size}</source>
        <translation>{name} 保留 · {size}</translation>
    </message>
    <message>
        <source>    {name} becomes a link to it</source>
        <translation>    {name} 变为指向它的链接</translation>
    </message>
    <message>
        <source>and {count} more</source>
        <translation>还有 {count} 个</translation>
    </message>
    <message>
        <source>Nothing has been changed yet. It can be undone.</source>
        <translation>尚未更改任何内容。之后可以撤销。</translation>
    </message>
    <message>
        <source>Make links: {size} become free</source>
        <translation>建立链接：释放 {size}</translation>
    </message>
</context>
<context>
    <name>Option</name>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Light, dark, high contrast, or as the system has it.</source>
        <translation>浅色、深色、高对比度，或跟随系统。</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>English, Simplified Chinese, or as the system has it.</source>
        <translation>英语、简体中文，或跟随系统。</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Ours, or in the manner of Vim or Emacs; keys.toml beside this file holds the ones that you changed.</source>
        <translation>默认、Vim 或 Emacs 风格；你更改的快捷键保存在此文件旁的 keys.toml 中。</translation>
    </message>
    <message>
        <source>Density</source>
        <translation>密度</translation>
    </message>
    <message>
        <source>How close together all stands.</source>
        <translation>内容排列的疏密程度。</translation>
    </message>
    <message>
        <source>Tell of answers</source>
        <translation>回答通知</translation>
    </message>
    <message>
        <source>A long answer that ends while you are in another window is told by the system.</source>
        <translation>当你在其他窗口时，较长的回答完成后由系统通知。</translation>
    </message>
    <message>
        <source>Send with</source>
        <translation>发送键</translation>
    </message>
    <message>
        <source>The other one of Enter and Ctrl+Enter starts a new line.</source>
        <translation>Enter 和 Ctrl+Enter 中的另一个用于换行。</translation>
    </message>
    <message>
        <source>When the context is full</source>
        <translation>上下文已满时</translation>
    </message>
    <message>
        <source>Stop and ask, leave out the oldest turns, or also make room while it answers.</source>
        <translation>停止并询问、略去最早的对话轮次，或在回答时也腾出空间。</translation>
    </message>
    <message>
        <source>Titles</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Made by the model in the background, or the first line of the conversation.</source>
        <translation>由模型在后台生成，或取对话的第一行。</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>系统提示词</translation>
    </message>
    <message>
        <source>Given to the model at the start of every new conversation.</source>
        <translation>在每个新对话开始时提供给模型。</translation>
    </message>
    <message>
        <source>Backend</source>
        <translation>后端</translation>
    </message>
    <message>
        <source>Which of llama.cpp&apos;s builds computes: auto takes the best that works here, else give a name.</source>
        <translation>由哪个 llama.cpp 版本计算：auto 取这里能用的最好的，否则请给出名称。</translation>
    </message>
    <message>
        <source>Context window</source>
        <translation>上下文窗口</translation>
    </message>
    <message>
        <source>Tokens that the model sees at once; 0 is chosen for this machine.</source>
        <translation>模型一次能看到的词元数；0 表示按这台电脑自动选择。</translation>
    </message>
    <message>
        <source>Layers on the GPU</source>
        <translation>GPU 层数</translation>
    </message>
    <message>
        <source>-1 puts as many there as it can hold, 0 uses the CPU alone.</source>
        <translation>-1 表示尽可能多地放到 GPU 上，0 表示只用 CPU。</translation>
    </message>
    <message>
        <source>Experts on the CPU</source>
        <translation>CPU 上的专家</translation>
    </message>
    <message>
        <source>Layers of a mixture of experts whose experts stay on the CPU, the rest on the GPU; -1 is as many as must.</source>
        <translation>混合专家模型中有多少层的专家留在 CPU 上，其余在 GPU 上；-1 为必需的层数。</translation>
    </message>
    <message>
        <source>Shares of the GPUs</source>
        <translation>各 GPU 的份额</translation>
    </message>
    <message>
        <source>How the layers are shared among several GPUs; empty goes by their free memory.</source>
        <translation>各层如何在多个 GPU 间分配；留空则按可用显存分配。</translation>
    </message>
    <message>
        <source>CPU threads</source>
        <translation>CPU 线程数</translation>
    </message>
    <message>
        <source>0 takes one for each physical core.</source>
        <translation>0 表示每个物理核心一个线程。</translation>
    </message>
    <message>
        <source>Flash attention</source>
        <translation>Flash Attention</translation>
    </message>
    <message>
        <source>Saves memory on a GPU, but is slower on a CPU.</source>
        <translation>在 GPU 上节省内存，但在 CPU 上较慢。</translation>
    </message>
    <message>
        <source>Keep KV states</source>
        <translation>保留 KV 状态</translation>
    </message>
    <message>
        <source>Conversations go on at once when they are opened again; their states lie beside them on disk.</source>
        <translation>再次打开对话时可立即继续；状态与对话一起保存在磁盘上。</translation>
    </message>
    <message>
        <source>Speculative decoding</source>
        <translation>推测解码</translation>
    </message>
    <message>
        <source>Guesses repeated text, except where that does not pay, or at temperature 0, where it might change the answer.</source>
        <translation>预测重复的文本；不划算时，或温度为 0 而可能改变回答时，不使用。</translation>
    </message>
    <message>
        <source>Draft model</source>
        <translation>草稿模型</translation>
    </message>
    <message>
        <source>File or name of a small model with the same vocabulary that guesses for a large one; empty is none.</source>
        <translation>词表相同的小模型的文件或名称，用于为大模型预测；留空表示不使用。</translation>
    </message>
    <message>
        <source>Type of the KV cache</source>
        <translation>KV 缓存类型</translation>
    </message>
    <message>
        <source>q8_0 takes half the memory at a small loss; auto takes it only where all layers fit on the GPU by that.</source>
        <translation>q8_0 以少许损失节省一半内存；auto 仅在因此所有层都能放进 GPU 时才用它。</translation>
    </message>
    <message>
        <source>RPC servers</source>
        <translation>RPC 服务器</translation>
    </message>
    <message>
        <source>Addresses like 192.168.1.7:50052, with a space between, of llama.cpp&apos;s RPC servers that share a model.</source>
        <translation>与本机共享模型的 llama.cpp RPC 服务器地址，如 192.168.1.7:50052，以空格分隔。</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>The program makes no connection at all, also when you ask for one.</source>
        <translation>程序不建立任何连接，即使您要求也不建立。</translation>
    </message>
    <message>
        <source>Servers</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Addresses of servers whose models you use, with a space between; the one used last stands first.</source>
        <translation>您所用模型的服务器地址，以空格分隔；最近使用的排在最前。</translation>
    </message>
    <message>
        <source>Model hub</source>
        <translation>模型库</translation>
    </message>
    <message>
        <source>Addresses of the model hub and its mirrors, with a space between; the first is asked. Empty is Hugging Face.</source>
        <translation>模型库及其镜像的地址，用空格分隔；使用第一个。留空为 Hugging Face。</translation>
    </message>
    <message>
        <source>Updates</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>Address of the list of versions that is asked when you look for updates, and only then.</source>
        <translation>检查更新时所询问的版本列表的地址；其他时候不会询问。</translation>
    </message>
    <message>
        <source>Speed of downloads</source>
        <translation>下载速度</translation>
    </message>
    <message>
        <source>Kilobytes a second that all downloads together may take; 0 is no limit.</source>
        <translation>所有下载合计每秒最多使用的千字节数；0 表示不限制。</translation>
    </message>
    <message>
        <source>Answer programs</source>
        <translation>回答程序</translation>
    </message>
    <message>
        <source>Whether programs on this machine may ask the model while the window is open.</source>
        <translation>窗口打开时，本机上的程序是否可以向模型提问。</translation>
    </message>
    <message>
        <source>Port for programs</source>
        <translation>供程序使用的端口</translation>
    </message>
    <message>
        <source>Where the window listens for them; a change counts from the next start of the endpoint on.</source>
        <translation>窗口在此端口等待程序；更改在下次开启时生效。</translation>
    </message>
    <message>
        <source>Other machines may ask</source>
        <translation>其他机器可提问</translation>
    </message>
    <message>
        <source>Whether programs on other machines of the network may ask too; nothing is encrypted on the way.</source>
        <translation>网络中其他机器上的程序是否也可以提问；传输不加密。</translation>
    </message>
    <message>
        <source>Names of the model</source>
        <translation>模型的名称</translation>
    </message>
    <message>
        <source>What programs may call the model in use, with a space between; * stands for anything.</source>
        <translation>其他程序可以用来称呼当前模型的名称，以空格分隔；* 代表任意内容。</translation>
    </message>
    <message>
        <source>Bare prompts</source>
        <translation>不带对话的提示</translation>
    </message>
    <message>
        <source>A prompt without a chat is put to the model as your turn, or completed as it is.</source>
        <translation>不带对话的提示会作为您的提问交给模型，或原样续写。</translation>
    </message>
    <message>
        <source>Folder of the models</source>
        <translation>模型文件夹</translation>
    </message>
    <message>
        <source>Where models are downloaded to and looked for; empty is a folder beside the conversations.</source>
        <translation>下载和查找模型的位置；留空则为对话旁的文件夹。</translation>
    </message>
    <message>
        <source>Watts while it answers</source>
        <translation>回答时的瓦数</translation>
    </message>
    <message>
        <source>What this machine draws then, for energy that cannot be measured; 65 is a common desktop processor.</source>
        <translation>这台机器那时的功率，用于无法测量的能耗；65 是常见的台式机处理器。</translation>
    </message>
    <message>
        <source>Price of prompt tokens</source>
        <translation>提示词元的价格</translation>
    </message>
    <message>
        <source>What a cloud asks for a million of them, for comparison; the one at first is an example and no offer.</source>
        <translation>云端每百万个的要价，用于对照；最初的值是示例，并非报价。</translation>
    </message>
    <message>
        <source>Price of generated tokens</source>
        <translation>生成词元的价格</translation>
    </message>
    <message>
        <source>Currency</source>
        <translation>货币</translation>
    </message>
    <message>
        <source>That of the prices.</source>
        <translation>价格所用的货币。</translation>
    </message>
</context>
<context>
    <name>OutlineCard</name>
    <message>
        <source>Branches of this conversation</source>
        <translation>此对话的分支</translation>
    </message>
    <message>
        <source>The chosen message</source>
        <translation>选中的消息</translation>
    </message>
    <message>
        <source>Name of the branch</source>
        <translation>分支名称</translation>
    </message>
    <message>
        <source>What the branch that begins here is called; empty has no name</source>
        <translation>从这里开始的分支叫什么；留空则没有名称</translation>
    </message>
    <message>
        <source>There is no other fork or name in this direction.</source>
        <translation>这个方向上没有别的分叉或名称了。</translation>
    </message>
    <message>
        <source>Mark the other branch first, with M.</source>
        <translation>请先用 M 标记另一个分支。</translation>
    </message>
    <message>
        <source>This is the marked one. Choose the one to compare it with.</source>
        <translation>这就是已标记的那个。请选择要与它比较的分支。</translation>
    </message>
    <message>
        <source>This message has no other version.</source>
        <translation>这条消息没有其他版本。</translation>
    </message>
    <message>
        <source>Enter keeps the name</source>
        <translation>Enter 保存名称</translation>
    </message>
    <message>
        <source>Esc leaves it</source>
        <translation>Esc 不保存</translation>
    </message>
    <message>
        <source>Enter opens</source>
        <translation>Enter 打开</translation>
    </message>
    <message>
        <source>Left and Right fold and unfold</source>
        <translation>左右键折叠和展开</translation>
    </message>
    <message>
        <source>N and P go to the next and previous fork</source>
        <translation>N 和 P 跳到下一个和上一个分叉</translation>
    </message>
    <message>
        <source>A folds or unfolds all</source>
        <translation>A 全部折叠或展开</translation>
    </message>
    <message>
        <source>F2 names</source>
        <translation>F2 命名</translation>
    </message>
    <message>
        <source>M marks</source>
        <translation>M 标记</translation>
    </message>
    <message>
        <source>D compares with the marked one</source>
        <translation>D 与已标记的比较</translation>
    </message>
    <message>
        <source>S shows versions side by side</source>
        <translation>S 并排查看版本</translation>
    </message>
    <message>
        <source>T takes a copy to the end of the branch that is shown</source>
        <translation>T 把副本放到当前分支的末尾</translation>
    </message>
    <message>
        <source>G goes on from here</source>
        <translation>G 从这里继续</translation>
    </message>
    <message>
        <source>Esc closes</source>
        <translation>Esc 关闭</translation>
    </message>
    <message numerus="yes">
        <source>{count} messages</source>
        <translation>
            <numerusform>{count} 条消息</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} branches</source>
        <translation>
            <numerusform>{count} 个分支</numerusform>
        </translation>
    </message>
    <message>
        <source>● is on the branch that is shown</source>
        <translation>● 位于当前分支</translation>
    </message>
</context>
<context>
    <name>OutlineWords</name>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>(empty)</source>
        <translation>（空）</translation>
    </message>
    <message>
        <source>{count} answers</source>
        <translation>{count} 个回答</translation>
    </message>
    <message>
        <source>{count} ways on</source>
        <translation>{count} 种后续</translation>
    </message>
    <message>
        <source>{count} folded</source>
        <translation>已折叠 {count} 条</translation>
    </message>
    <message>
        <source>marked</source>
        <translation>已标记</translation>
    </message>
    <message>
        <source>on the branch that is shown</source>
        <translation>位于当前分支</translation>
    </message>
    <message>
        <source>level {level}</source>
        <translation>第 {level} 层</translation>
    </message>
    <message>
        <source>is being written</source>
        <translation>正在写</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>已中断</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>now</source>
        <translation>当前</translation>
    </message>
    <message>
        <source>{setting}: {choice}</source>
        <translation>{setting}：{choice}</translation>
    </message>
    <message>
        <source>It goes from {least} to {most}.</source>
        <translation>取值范围为 {least} 到 {most}。</translation>
    </message>
    <message>
        <source>now {value}; type a value after it</source>
        <translation>当前为 {value}；请在后面输入新值</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Find anything</source>
        <translation>查找</translation>
    </message>
    <message>
        <source>Up and Down choose a row, Enter runs it</source>
        <translation>按上下方向键选择，按 Enter 执行</translation>
    </message>
    <message>
        <source>A command, a conversation, words of a message, a model, a prompt, “temperature 0.2”</source>
        <translation>命令、对话、消息内容、模型、提示词，或“温度 0.2”</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>查找结果</translation>
    </message>
    <message>
        <source>Enter runs it · Esc goes back</source>
        <translation>Enter 执行 · Esc 返回</translation>
    </message>
    <message>
        <source>Nothing found. Try fewer letters.</source>
        <translation>未找到。请减少输入的字符。</translation>
    </message>
</context>
<context>
    <name>PaletteCommands</name>
    <message>
        <source>Not now.</source>
        <translation>暂不可用。</translation>
    </message>
    <message>
        <source>No conversation is open.</source>
        <translation>没有打开的对话。</translation>
    </message>
    <message>
        <source>There are no messages yet.</source>
        <translation>还没有消息。</translation>
    </message>
    <message>
        <source>You have written no message here yet.</source>
        <translation>你在这里还没有写过消息。</translation>
    </message>
    <message>
        <source>There is no answer yet.</source>
        <translation>还没有回答。</translation>
    </message>
    <message>
        <source>There is no answer yet, or one is being written.</source>
        <translation>还没有回答，或正在生成回答。</translation>
    </message>
    <message>
        <source>The last answer is whole.</source>
        <translation>上一个回答是完整的。</translation>
    </message>
    <message>
        <source>There is only one version.</source>
        <translation>只有一个版本。</translation>
    </message>
    <message>
        <source>No model is in memory.</source>
        <translation>内存中没有模型。</translation>
    </message>
    <message>
        <source>Nothing was deleted just now.</source>
        <translation>最近没有删除任何内容。</translation>
    </message>
    <message>
        <source>Nothing is chosen in the list.</source>
        <translation>列表中没有选中任何项。</translation>
    </message>
    <message>
        <source>The search field is empty.</source>
        <translation>搜索框是空的。</translation>
    </message>
    <message>
        <source>No saved search is chosen.</source>
        <translation>没有选中已保存的搜索。</translation>
    </message>
    <message>
        <source>Nothing was searched for.</source>
        <translation>还没有搜索过。</translation>
    </message>
    <message>
        <source>There is no passphrase.</source>
        <translation>没有设置密码。</translation>
    </message>
    <message>
        <source>There is a passphrase already.</source>
        <translation>已经设置了密码。</translation>
    </message>
    <message>
        <source>No parameter has the focus.</source>
        <translation>没有参数获得焦点。</translation>
    </message>
    <message>
        <source>You have saved no preset yet.</source>
        <translation>你还没有保存过预设。</translation>
    </message>
    <message>
        <source>The chat template of this model does not ask for it.</source>
        <translation>此模型的对话模板不支持这一项。</translation>
    </message>
    <message>
        <source>{name}, from the next token on.</source>
        <translation>{name}，从下一个词元起生效。</translation>
    </message>
    <message>
        <source>{name}; it holds for the next model that is opened.</source>
        <translation>{name}；下次打开模型时生效。</translation>
    </message>
    <message>
        <source>{name}; it holds from the next start on.</source>
        <translation>{name}；下次启动时生效。</translation>
    </message>
    <message>
        <source>{name}.</source>
        <translation>{name}。</translation>
    </message>
</context>
<context>
    <name>Parameter</name>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>Low is careful and repeatable, high is varied.</source>
        <translation>较低则谨慎、可复现，较高则富于变化。</translation>
    </message>
    <message>
        <source>Max tokens</source>
        <translation>最大词元数</translation>
    </message>
    <message>
        <source>Longest answer; 0 means as long as it fits.</source>
        <translation>回答的最大长度；0 表示不限，直至放不下为止。</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Choose among the k likeliest tokens; 0 is off.</source>
        <translation>从概率最高的 k 个词元中选择；0 表示关闭。</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Choose among tokens that share this much probability; 1 is off.</source>
        <translation>从累计概率达到此值的词元中选择；1 表示关闭。</translation>
    </message>
    <message>
        <source>Min-p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>Drop tokens below this share of the likeliest; 0 is off.</source>
        <translation>排除概率低于最可能词元此比例的词元；0 表示关闭。</translation>
    </message>
    <message>
        <source>Typical-p</source>
        <translation>Typical-p</translation>
    </message>
    <message>
        <source>Prefer tokens of typical surprise; 1 is off.</source>
        <translation>偏好意外程度适中的词元；1 表示关闭。</translation>
    </message>
    <message>
        <source>Top-n-sigma</source>
        <translation>Top-n-sigma</translation>
    </message>
    <message>
        <source>Keep logits within n deviations of the best; -1 is off.</source>
        <translation>保留与最高 logit 相差 n 个标准差以内的词元；-1 表示关闭。</translation>
    </message>
    <message>
        <source>XTC chance</source>
        <translation>XTC 概率</translation>
    </message>
    <message>
        <source>How often top choices are excluded; 0 is off.</source>
        <translation>排除首选词元的概率；0 表示关闭。</translation>
    </message>
    <message>
        <source>XTC threshold</source>
        <translation>XTC 阈值</translation>
    </message>
    <message>
        <source>What counts as a top choice; above 0.5 it is off.</source>
        <translation>概率达到多少算作首选；高于 0.5 表示关闭。</translation>
    </message>
    <message>
        <source>Dynamic range</source>
        <translation>动态范围</translation>
    </message>
    <message>
        <source>How far the temperature follows the entropy; 0 is off.</source>
        <translation>温度随熵变化的幅度；0 表示关闭。</translation>
    </message>
    <message>
        <source>Dynamic exponent</source>
        <translation>动态指数</translation>
    </message>
    <message>
        <source>How entropy maps to temperature.</source>
        <translation>熵与温度之间的对应关系。</translation>
    </message>
    <message>
        <source>Repeat penalty</source>
        <translation>重复惩罚</translation>
    </message>
    <message>
        <source>Above 1 it avoids repetition; 1 is off.</source>
        <translation>大于 1 时避免重复；1 表示关闭。</translation>
    </message>
    <message>
        <source>Frequency penalty</source>
        <translation>频率惩罚</translation>
    </message>
    <message>
        <source>Avoids frequent words; 0 is off.</source>
        <translation>避免频繁出现的词；0 表示关闭。</translation>
    </message>
    <message>
        <source>Presence penalty</source>
        <translation>存在惩罚</translation>
    </message>
    <message>
        <source>Avoids words already used; 0 is off.</source>
        <translation>避免已经用过的词；0 表示关闭。</translation>
    </message>
    <message>
        <source>Penalty window</source>
        <translation>惩罚窗口</translation>
    </message>
    <message>
        <source>How many tokens of the answer the penalties see.</source>
        <translation>惩罚所考虑的回答词元数。</translation>
    </message>
    <message>
        <source>DRY</source>
        <translation>DRY</translation>
    </message>
    <message>
        <source>Punishes repeated sequences; 0 is off, 0.8 is usual.</source>
        <translation>惩罚重复的序列；0 表示关闭，通常为 0.8。</translation>
    </message>
    <message>
        <source>DRY base</source>
        <translation>DRY 底数</translation>
    </message>
    <message>
        <source>How fast that grows with the length of the repetition.</source>
        <translation>惩罚随重复长度增长的速度。</translation>
    </message>
    <message>
        <source>DRY length</source>
        <translation>DRY 长度</translation>
    </message>
    <message>
        <source>Repetitions up to this many tokens are free.</source>
        <translation>不超过此词元数的重复不受惩罚。</translation>
    </message>
    <message>
        <source>Mirostat</source>
        <translation>Mirostat</translation>
    </message>
    <message>
        <source>0 is off, 1 or 2 the version; it replaces the truncations.</source>
        <translation>0 表示关闭，1 或 2 为版本；它取代各种截断方法。</translation>
    </message>
    <message>
        <source>Mirostat tau</source>
        <translation>Mirostat tau</translation>
    </message>
    <message>
        <source>Target surprise in bits.</source>
        <translation>目标意外程度，以比特计。</translation>
    </message>
    <message>
        <source>Mirostat eta</source>
        <translation>Mirostat eta</translation>
    </message>
    <message>
        <source>Learning rate.</source>
        <translation>学习率。</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>种子</translation>
    </message>
    <message>
        <source>The same seed gives the same answer; empty draws one.</source>
        <translation>相同的种子给出相同的回答；留空则随机选取。</translation>
    </message>
    <message>
        <source>Answers</source>
        <translation>回答数</translation>
    </message>
    <message>
        <source>How many answers to generate at once.</source>
        <translation>一次生成的回答数量。</translation>
    </message>
</context>
<context>
    <name>ParameterCommands</name>
    <message>
        <source>Preset</source>
        <translation>预设</translation>
    </message>
    <message>
        <source>An own preset of this name is replaced.</source>
        <translation>同名的自定义预设会被替换。</translation>
    </message>
    <message>
        <source>Name of the preset</source>
        <translation>预设名称</translation>
    </message>
    <message>
        <source>Remove a preset</source>
        <translation>移除预设</translation>
    </message>
    <message>
        <source>For all new conversations</source>
        <translation>用于所有新对话</translation>
    </message>
    <message>
        <source>For new conversations with {model}</source>
        <translation>用于使用 {model} 的新对话</translation>
    </message>
    <message>
        <source>Make these the default</source>
        <translation>设为默认</translation>
    </message>
    <message>
        <source>as the program comes</source>
        <translation>程序初始值</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>in use, changed</source>
        <translation>使用中，已更改</translation>
    </message>
    <message>
        <source>New conversations start with these parameters.</source>
        <translation>新对话将使用这些参数。</translation>
    </message>
</context>
<context>
    <name>ParameterPanel</name>
    <message>
        <source>Parameters</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>What the model should know or be</source>
        <translation>希望模型了解的信息或扮演的角色</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>系统提示词</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>More parameters</source>
        <translation>更多参数</translation>
    </message>
    <message>
        <source>persona {name}</source>
        <translation>角色 {name}</translation>
    </message>
    <message>
        <source>random</source>
        <translation>随机</translation>
    </message>
    <message>
        <source>as it fits</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>default of all</source>
        <translation>全局默认</translation>
    </message>
    <message>
        <source>default of the model</source>
        <translation>模型默认</translation>
    </message>
    <message>
        <source>preset {name}</source>
        <translation>预设 {name}</translation>
    </message>
    <message>
        <source>{name}, changed</source>
        <translation>{name}（已更改）</translation>
    </message>
    <message>
        <source>this conversation</source>
        <translation>此对话</translation>
    </message>
</context>
<context>
    <name>PassphraseCard</name>
    <message>
        <source>Let the keyring of the system remember it</source>
        <translation>让系统密钥环记住密码</translation>
    </message>
    <message>
        <source>Enter goes on · Esc cancels</source>
        <translation>Enter 继续 · Esc 取消</translation>
    </message>
</context>
<context>
    <name>PassphraseForm</name>
    <message>
        <source>Passphrase</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>New passphrase</source>
        <translation>新密码</translation>
    </message>
    <message>
        <source>New passphrase, once more</source>
        <translation>再次输入新密码</translation>
    </message>
    <message>
        <source>The two are not the same. Try again.</source>
        <translation>两次输入不一致。请重试。</translation>
    </message>
    <message>
        <source>Caps Lock is on.</source>
        <translation>大写锁定已打开。</translation>
    </message>
</context>
<context>
    <name>PersonaCard</name>
    <message>
        <source>Tab goes on · Enter takes it</source>
        <translation>Tab 下一项 · Enter 采用</translation>
    </message>
    <message>
        <source>Tab goes on · Enter takes it, Shift+Enter begins a line</source>
        <translation>Tab 下一项 · Enter 采用，Shift+Enter 换行</translation>
    </message>
    <message>
        <source>{keys} · Esc cancels</source>
        <translation>{keys} · Esc 取消</translation>
    </message>
    <message>
        <source>“{field}” has to be filled in.</source>
        <translation>需要填写“{field}”。</translation>
    </message>
    <message>
        <source>may be empty</source>
        <translation>可以留空</translation>
    </message>
</context>
<context>
    <name>PersonaCommands</name>
    <message>
        <source>Character cards (*.png *.json);;All files (*)</source>
        <translation>角色卡 (*.png *.json);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Import a character card</source>
        <translation>导入角色卡</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Persona</source>
        <translation>角色</translation>
    </message>
    <message>
        <source>The persona is {name}.</source>
        <translation>角色为“{name}”。</translation>
    </message>
</context>
<context>
    <name>PlaceBadge</name>
    <message>
        <source>leaves this machine</source>
        <translation>会离开本机</translation>
    </message>
    <message>
        <source>on this machine, another program</source>
        <translation>本机上的另一个程序</translation>
    </message>
</context>
<context>
    <name>Popup</name>
    <message>
        <source>Enter chooses · Esc closes</source>
        <translation>Enter 选择 · Esc 关闭</translation>
    </message>
</context>
<context>
    <name>Preset</name>
    <message>
        <source>Precise</source>
        <translation>精确</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>均衡</translation>
    </message>
    <message>
        <source>Creative</source>
        <translation>创意</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>代码</translation>
    </message>
</context>
<context>
    <name>ProgramHelp</name>
    <message>
        <source>Ask the model from a program</source>
        <translation>从程序中向模型提问</translation>
    </message>
    <message>
        <source>Programs can ask now.</source>
        <translation>程序现在可以提问。</translation>
    </message>
    <message>
        <source>Programs cannot ask yet: Shift+F8 and then Space lets those on this machine ask.</source>
        <translation>程序还不能提问：按 Shift+F8，再按空格键，即可让本机上的程序提问。</translation>
    </message>
    <message>
        <source>Each program of OpenAI&apos;s API reads from its environment where to ask:</source>
        <translation>使用 OpenAI API 的程序都从环境变量中读取提问的地址：</translation>
    </message>
    <message>
        <source>Then one of 2022 runs without a change, with the client of its days (openai 0.28):</source>
        <translation>这样，2022 年的程序用当时的客户端（openai 0.28）无需任何改动即可运行：</translation>
    </message>
    <message>
        <source>And so does one of today:</source>
        <translation>如今的程序也一样：</translation>
    </message>
    <message>
        <source>Names such as gpt-4o and text-davinci-003 reach the model that is loaded; “aliases” under [endpoint] in settings.toml lists them.</source>
        <translation>gpt-4o、text-davinci-003 之类的名称都会指向已加载的模型；settings.toml 中 [endpoint] 下的“aliases”列出了这些名称。</translation>
    </message>
</context>
<context>
    <name>ProgressStrip</name>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
</context>
<context>
    <name>ProjectorCommands</name>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>The one beside the model</source>
        <translation>模型旁边的那个</translation>
    </message>
    <message>
        <source>there is none</source>
        <translation>没有</translation>
    </message>
    <message>
        <source>From a file…</source>
        <translation>来自文件…</translation>
    </message>
    <message>
        <source>None: look at no pictures</source>
        <translation>无：不看图片</translation>
    </message>
    <message>
        <source>Projector for pictures</source>
        <translation>图片投影器</translation>
    </message>
    <message>
        <source>Projectors (*.gguf);;All files (*)</source>
        <translation>投影器 (*.gguf);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Open a projector</source>
        <translation>打开投影器</translation>
    </message>
</context>
<context>
    <name>PromptCard</name>
    <message>
        <source>The prompt as sent</source>
        <translation>实际发送的提示词</translation>
    </message>
    <message numerus="yes">
        <source>{tokens} tokens, {letters} characters, for {model}</source>
        <translation>
            <numerusform>{tokens} 个词元，{letters} 个字符，用于 {model}</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>{count} of the oldest messages were left out of it for lack of room.</source>
        <translation>
            <numerusform>因空间不足，其中略去了最早的 {count} 条消息。</numerusform>
        </translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>Tokens: place, number, text</source>
        <translation>词元：位置、编号、文本</translation>
    </message>
    <message>
        <source>Tab: the other field · Ctrl+A, Ctrl+C: copy · Esc closes</source>
        <translation>Tab 另一栏 · Ctrl+A、Ctrl+C 复制 · Esc 关闭</translation>
    </message>
    <message>
        <source>It is made anew: how long the one was that was answered is not known.</source>
        <translation>这是重新生成的：当时所回答的提示词有多长已无从得知。</translation>
    </message>
    <message>
        <source>It is made anew, and what goes into it has changed since: {model} answered one of {count} tokens.</source>
        <translation>这是重新生成的，内容此后有变：{model} 当时回答的提示词有 {count} 个词元。</translation>
    </message>
</context>
<context>
    <name>QShortcut</name>
    <message>
        <source>Backspace</source>
        <translation>Backspace</translation>
    </message>
    <message>
        <source>Return</source>
        <translation>Return</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Enter</translation>
    </message>
    <message>
        <source>Space</source>
        <translation>Space</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>←</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>↑</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>→</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>↓</translation>
    </message>
</context>
<context>
    <name>Question</name>
    <message>
        <source>Cancel  Esc</source>
        <translation>取消  Esc</translation>
    </message>
</context>
<context>
    <name>QueueList</name>
    <message>
        <source>Messages that are sent next</source>
        <translation>待发送的消息</translation>
    </message>
    <message>
        <source>Enter takes one back into the field.</source>
        <translation>按 Enter 取回到输入框。</translation>
    </message>
    <message>
        <source>{key} removes it.</source>
        <translation>按 {key} 移除。</translation>
    </message>
</context>
<context>
    <name>QueueView</name>
    <message>
        <source>Not sent, as the answer before did not end by itself</source>
        <translation>上一个回答未自然结束，因此尚未发送</translation>
    </message>
    <message>
        <source>{key} sends</source>
        <translation>按 {key} 发送</translation>
    </message>
    <message>
        <source>Sent when the answer has ended · Up takes the last one back</source>
        <translation>回答结束后发送 · 按向上键取回最后一条</translation>
    </message>
</context>
<context>
    <name>ReadingCommands</name>
    <message>
        <source>Copied as Markdown.</source>
        <translation>已复制为 Markdown。</translation>
    </message>
    <message>
        <source>Copied as plain text.</source>
        <translation>已复制为纯文本。</translation>
    </message>
    <message>
        <source>Copied as rich text.</source>
        <translation>已复制为富文本。</translation>
    </message>
    <message>
        <source>Nothing is long enough to be folded here.</source>
        <translation>这里没有足够长、需要折叠的内容。</translation>
    </message>
    <message>
        <source>Long lines of code are broken.</source>
        <translation>长代码行自动换行。</translation>
    </message>
    <message>
        <source>Long lines of code run on.</source>
        <translation>长代码行不换行。</translation>
    </message>
</context>
<context>
    <name>RequestWords</name>
    <message>
        <source>Models of the server</source>
        <translation>服务器的模型列表</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Count of tokens</source>
        <translation>词元计数</translation>
    </message>
    <message>
        <source>Vectors</source>
        <translation>向量</translation>
    </message>
    <message>
        <source>Share of a model</source>
        <translation>分担模型</translation>
    </message>
    <message>
        <source>Look for updates</source>
        <translation>检查更新</translation>
    </message>
    <message>
        <source>cut off</source>
        <translation>中断</translation>
    </message>
    <message>
        <source>{sent} out, {received} in</source>
        <translation>发出 {sent}，收到 {received}</translation>
    </message>
    <message>
        <source>When: {what}</source>
        <translation>时间：{what}</translation>
    </message>
    <message>
        <source>To: {what}</source>
        <translation>发往：{what}</translation>
    </message>
    <message>
        <source>Asked: {what}</source>
        <translation>请求：{what}</translation>
    </message>
    <message>
        <source>Through the proxy: {what}</source>
        <translation>经由代理：{what}</translation>
    </message>
    <message>
        <source>Ended: {what}</source>
        <translation>结果：{what}</translation>
    </message>
</context>
<context>
    <name>SearchCommands</name>
    <message>
        <source>This is in the trash. Bring it back from there to read it.</source>
        <translation>该内容在回收站中。恢复后才能阅读。</translation>
    </message>
    <message>
        <source>Save this search as</source>
        <translation>将此搜索保存为</translation>
    </message>
</context>
<context>
    <name>SearchField</name>
    <message>
        <source>Search in all conversations</source>
        <translation>搜索所有对话</translation>
    </message>
    <message>
        <source>Up and Down choose a hit, Enter opens it</source>
        <translation>按上下方向键选择结果，按 Enter 打开</translation>
    </message>
</context>
<context>
    <name>SearchModel</name>
    <message>
        <source>Saved as “{name}”. It shows while the search field is empty.</source>
        <translation>已保存为“{name}”。搜索框为空时会显示。</translation>
    </message>
    <message>
        <source>The saved search “{name}” was removed. This cannot be undone.</source>
        <translation>已移除保存的搜索“{name}”。此操作无法撤销。</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Saved searches</source>
        <translation>已保存的搜索</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Messages</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>Saved search {name}</source>
        <translation>已保存的搜索 {name}</translation>
    </message>
    <message>
        <source>Conversation {title}. {text}</source>
        <translation>对话 {title}。{text}</translation>
    </message>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Attachment</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>{who} in {title}: {text}</source>
        <translation>{title} 中的{who}：{text}</translation>
    </message>
</context>
<context>
    <name>SearchResults</name>
    <message>
        <source>Search results</source>
        <translation>搜索结果</translation>
    </message>
    <message>
        <source>Also: &quot;two words&quot;  -word  role:me  model:  tag:  in:folder  in:archive  before:2026-05  after:7d</source>
        <translation>还可使用：&quot;两个词&quot;  -词  role:me  model:  tag:  in:folder  in:archive  before:2026-05  after:7d</translation>
    </message>
    <message>
        <source>Nothing found. Try fewer words, or only how they begin; take quotes and filters away. What was deleted is found with in:trash.</source>
        <translation>未找到。请减少词语，或只输入开头部分；也可去掉引号和筛选条件。已删除的内容可用 in:trash 查找。</translation>
    </message>
    <message>
        <source>Type what you look for: words of titles, messages, notes and files. Ctrl+S keeps a search.</source>
        <translation>输入要查找的内容：标题、消息、备注和文件中的词语。按 Ctrl+S 保存搜索。</translation>
    </message>
</context>
<context>
    <name>SecretEntry</name>
    <message>
        <source>Enter keeps it · Esc cancels</source>
        <translation>Enter 保存 · Esc 取消</translation>
    </message>
</context>
<context>
    <name>Sentence</name>
    <message>
        <source>Something went wrong inside the program; nothing that was saved is lost.</source>
        <translation>程序内部出错；已保存的内容不会丢失。</translation>
    </message>
    <message>
        <source>If it happens again, start anew. The log is in {folder}.</source>
        <translation>如果再次发生，请重新启动程序。日志位于 {folder}。</translation>
    </message>
    <message>
        <source>Attach the files in it.</source>
        <translation>请添加其中的文件。</translation>
    </message>
    <message>
        <source>Check that it is there and yours.</source>
        <translation>请检查文件是否存在，以及你是否有权读取。</translation>
    </message>
    <message>
        <source>{name} is a folder.</source>
        <translation>{name} 是文件夹。</translation>
    </message>
    <message>
        <source>{name} cannot be read: {why}.</source>
        <translation>无法读取 {name}：{why}。</translation>
    </message>
    <message>
        <source>There is no model to answer with.</source>
        <translation>没有可用于回答的模型。</translation>
    </message>
    <message>
        <source>Open a GGUF model file.</source>
        <translation>请打开 GGUF 模型文件。</translation>
    </message>
    <message>
        <source>An answer is being written.</source>
        <translation>正在生成回答。</translation>
    </message>
    <message>
        <source>Stop it first.</source>
        <translation>请先停止。</translation>
    </message>
    <message>
        <source>Wait for its end, or stop it.</source>
        <translation>请等待完成，或先停止。</translation>
    </message>
    <message>
        <source>There is nothing to send.</source>
        <translation>没有可发送的内容。</translation>
    </message>
    <message>
        <source>Type something.</source>
        <translation>请输入内容。</translation>
    </message>
    <message>
        <source>The model could not be loaded.</source>
        <translation>模型加载失败。</translation>
    </message>
    <message>
        <source>“{title}” cannot have the key {key}: it is not a key.</source>
        <translation>“{title}”不能使用快捷键 {key}：没有这个键。</translation>
    </message>
    <message>
        <source>“{title}” cannot have the key {key}: it belongs to input methods.</source>
        <translation>“{title}”不能使用快捷键 {key}：该键由输入法使用。</translation>
    </message>
    <message>
        <source>“{title}” cannot have the key {key}: it belongs to the system.</source>
        <translation>“{title}”不能使用快捷键 {key}：该键由系统使用。</translation>
    </message>
    <message>
        <source>“{title}” cannot have the key {key}: it opens a menu.</source>
        <translation>“{title}”不能使用快捷键 {key}：该键用于打开菜单。</translation>
    </message>
    <message>
        <source>“{title}” cannot have the key {key}: it copies, cuts, pastes or selects text.</source>
        <translation>“{title}”不能使用快捷键 {key}：该键用于复制、剪切、粘贴或全选。</translation>
    </message>
    <message>
        <source>“{title}” cannot have the key {key}: it moves about in the window.</source>
        <translation>“{title}”不能使用快捷键 {key}：该键用于在窗口中移动。</translation>
    </message>
    <message>
        <source>The key of “{title}” cannot be {key}: the setting “Send with” decides.</source>
        <translation>“{title}”的快捷键不能设为 {key}：它由设置项“发送键”决定。</translation>
    </message>
    <message>
        <source>{count} more of the chosen keys cannot be used.</source>
        <translation>另有 {count} 个所选快捷键无法使用。</translation>
    </message>
    <message>
        <source>{key} means “{title}” now, and no longer “{before}”.</source>
        <translation>{key} 现在用于“{title}”，不再用于“{before}”。</translation>
    </message>
    <message>
        <source>Choose another one.</source>
        <translation>请另选一个。</translation>
    </message>
    <message>
        <source>Give one of them another key.</source>
        <translation>请为其中一个更换快捷键。</translation>
    </message>
    <message>
        <source>It would fit {ways}.</source>
        <translation>这样可以放下：{ways}。</translation>
    </message>
    <message>
        <source>with a KV cache in q8_0 ({size})</source>
        <translation>用 q8_0 的 KV 缓存（{size}）</translation>
    </message>
    <message>
        <source>with {count} layers on the GPU ({size})</source>
        <translation>{count} 层放在 GPU 上（{size}）</translation>
    </message>
    <message>
        <source>{one}, or {other}</source>
        <translation>{one}，或{other}</translation>
    </message>
    <message>
        <source>Load the model with half the context, {count} tokens.</source>
        <translation>将上下文减半（{count} 词元）后加载模型。</translation>
    </message>
    <message>
        <source>Load the model with a KV cache of half the size (q8_0).</source>
        <translation>将 KV 缓存减半（q8_0）后加载模型。</translation>
    </message>
    <message>
        <source>Load the model on the CPU alone.</source>
        <translation>只用 CPU 加载模型。</translation>
    </message>
    <message>
        <source>on the CPU alone ({size})</source>
        <translation>仅用 CPU（{size}）</translation>
    </message>
    <message>
        <source>Load the model with {count} of its layers on the GPU, the rest on the CPU.</source>
        <translation>将 {count} 层放在 GPU 上、其余放在 CPU 上加载模型。</translation>
    </message>
    <message>
        <source>with a context of {count} tokens ({size})</source>
        <translation>用 {count} 词元的上下文（{size}）</translation>
    </message>
    <message>
        <source>The model would not fit that way either.</source>
        <translation>那样也放不下这个模型。</translation>
    </message>
    <message>
        <source>Choose a smaller model.</source>
        <translation>请选择较小的模型。</translation>
    </message>
    <message>
        <source>Another model is being loaded.</source>
        <translation>正在加载另一个模型。</translation>
    </message>
    <message>
        <source>Stop that first.</source>
        <translation>请先停止加载。</translation>
    </message>
    <message>
        <source>There is no model to load.</source>
        <translation>没有可加载的模型。</translation>
    </message>
    <message>
        <source>This model already takes as little memory as it can.</source>
        <translation>此模型占用的内存已经是最少。</translation>
    </message>
    <message>
        <source>The file of the conversations is gone; there is a backup of {when}.</source>
        <translation>对话文件不见了；有一份 {when} 的备份。</translation>
    </message>
    <message>
        <source>Restore it, or close this to start afresh.</source>
        <translation>请恢复备份，或关闭此提示以重新开始。</translation>
    </message>
    <message>
        <source>Type / to use it.</source>
        <translation>输入 / 即可使用。</translation>
    </message>
    <message>
        <source>Prompt kept as {name}.</source>
        <translation>提示词已保存为 {name}。</translation>
    </message>
    <message>
        <source>This message stands on another branch.</source>
        <translation>此消息在另一个分支上。</translation>
    </message>
    <message>
        <source>Stop the answer first.</source>
        <translation>请先停止回答。</translation>
    </message>
    <message>
        <source>Nothing is lost; saving goes on by itself.</source>
        <translation>内容不会丢失，稍后会自动继续保存。</translation>
    </message>
    <message>
        <source>Saving works again; everything is on disk.</source>
        <translation>保存已恢复正常，所有内容都已写入磁盘。</translation>
    </message>
    <message>
        <source>The file of the conversations is damaged.</source>
        <translation>对话文件已损坏。</translation>
    </message>
    <message>
        <source>Save what can be read; the damaged file is kept.</source>
        <translation>请抢救可读取的内容；损坏的文件会保留。</translation>
    </message>
    <message>
        <source>The file of the conversations was damaged. Conversations saved: {conversations}, messages: {messages}, known to be missing: {missing}.</source>
        <translation>对话文件曾损坏。已抢救对话 {conversations} 个、消息 {messages} 条，已知缺失 {missing} 条。</translation>
    </message>
    <message>
        <source>The damaged file is kept as {name}.</source>
        <translation>损坏的文件已保留为 {name}。</translation>
    </message>
    <message>
        <source>It is locked, so that only what SQLite still reached could be read.</source>
        <translation>文件已加密，因此只能读取 SQLite 仍可访问的部分。</translation>
    </message>
    <message>
        <source>The last backup is of {when}.</source>
        <translation>最近的备份来自 {when}。</translation>
    </message>
    <message>
        <source>They are damaged or another passphrase opens them.</source>
        <translation>这些备份已损坏，或使用其他密码。</translation>
    </message>
    <message>
        <source>There is no backup from before.</source>
        <translation>没有此前的备份。</translation>
    </message>
    <message>
        <source>They are damaged; remove them yourself.</source>
        <translation>这些文件已损坏，请自行删除。</translation>
    </message>
    <message>
        <source>Something went wrong inside the program.</source>
        <translation>程序内部出错。</translation>
    </message>
    <message>
        <source>Save its text as a plain text file and attach that.</source>
        <translation>请将其文字另存为纯文本文件，再添加该文件。</translation>
    </message>
    <message>
        <source>{name} is no text.</source>
        <translation>{name} 不是文本文件。</translation>
    </message>
    <message>
        <source>{name} is too large: {size} MB.</source>
        <translation>{name} 太大：{size} MB。</translation>
    </message>
    <message>
        <source>Attach a part of it, at most {most} MB.</source>
        <translation>请只添加其中一部分，最多 {most} MB。</translation>
    </message>
    <message>
        <source>Download it again.</source>
        <translation>请重新下载。</translation>
    </message>
    <message>
        <source>Choose a .gguf file.</source>
        <translation>请选择 .gguf 文件。</translation>
    </message>
    <message>
        <source>Download the model as a .gguf file.</source>
        <translation>请下载该模型的 .gguf 文件。</translation>
    </message>
    <message>
        <source>{name} is a web page, not a model.</source>
        <translation>{name} 是网页，不是模型。</translation>
    </message>
    <message>
        <source>Open the page in a browser and download the .gguf file there.</source>
        <translation>请在浏览器中打开该网页，并从中下载 .gguf 文件。</translation>
    </message>
    <message>
        <source>{count} bytes</source>
        <translation>{count} 字节</translation>
    </message>
    <message>
        <source>{name} is a Git LFS pointer, not the model itself.</source>
        <translation>{name} 是 Git LFS 指针，不是模型本身。</translation>
    </message>
    <message>
        <source>Download the file that it points to.</source>
        <translation>请下载它所指向的文件。</translation>
    </message>
    <message>
        <source>{name} is a zip archive or a PyTorch checkpoint, not a GGUF model.</source>
        <translation>{name} 是 zip 压缩包或 PyTorch 检查点，不是 GGUF 模型。</translation>
    </message>
    <message>
        <source>{name} is in the old GGML format.</source>
        <translation>{name} 采用旧的 GGML 格式。</translation>
    </message>
    <message>
        <source>Update desktopchat, or download the file again if it should be an older version.</source>
        <translation>请更新 desktopchat；如果文件本应是较早的版本，请重新下载。</translation>
    </message>
    <message>
        <source>Choose another model file.</source>
        <translation>请选择其他模型文件。</translation>
    </message>
    <message>
        <source>Choose a .gguf file in it.</source>
        <translation>请选择其中的 .gguf 文件。</translation>
    </message>
    <message>
        <source>{done} of {total} rows, to {file}</source>
        <translation>第 {done} 行，共 {total} 行，写入 {file}</translation>
    </message>
    <message>
        <source>No model is loaded that could answer.</source>
        <translation>没有加载可以回答的模型。</translation>
    </message>
    <message>
        <source>Stopped after {done} of {total} rows; the same file goes on from there.</source>
        <translation>已在 {total} 行中的第 {done} 行后停止；再次打开同一文件即可从该处继续。</translation>
    </message>
    <message>
        <source>{name} is not in UTF-8.</source>
        <translation>{name} 不是 UTF-8 编码。</translation>
    </message>
    <message>
        <source>1 more of the chosen keys cannot be used.</source>
        <translation>所选按键中另有 1 个无法使用。</translation>
    </message>
    <message>
        <source>1 model of {folder} is in the list now.</source>
        <translation>{folder} 中的 1 个模型已加入列表。</translation>
    </message>
    <message>
        <source>1 file is a file of its own again.</source>
        <translation>1 个文件已恢复为独立文件。</translation>
    </message>
    <message>
        <source>1 file is in {folder} now.</source>
        <translation>1 个文件现在位于 {folder}。</translation>
    </message>
    <message>
        <source>One entry of its lore book came along.</source>
        <translation>其设定集中的 1 个条目也一并导入。</translation>
    </message>
    <message>
        <source>{count} entries of its lore book came along.</source>
        <translation>其设定集中的 {count} 个条目也一并导入。</translation>
    </message>
    <message>
        <source>One entry was left out: no plain word calls it, or there was no room.</source>
        <translation>有 1 个条目未导入：没有普通关键词能触发它，或者已没有空间。</translation>
    </message>
    <message>
        <source>{count} entries were left out: no plain word calls them, or there was no room.</source>
        <translation>有 {count} 个条目未导入：没有普通关键词能触发它们，或者已没有空间。</translation>
    </message>
    <message>
        <source>{name} is among the personas now.</source>
        <translation>“{name}”已加入角色。</translation>
    </message>
    <message>
        <source>Choose Persona… to use it.</source>
        <translation>选择“角色…”即可使用。</translation>
    </message>
    <message>
        <source>This token is a sign of the chat template and no text.</source>
        <translation>这个词元是对话模板的标记，不是文字。</translation>
    </message>
    <message>
        <source>Nothing would be left of the answer.</source>
        <translation>这样回答就什么也不剩了。</translation>
    </message>
    <message>
        <source>Choose another token, or a later one.</source>
        <translation>请选择另一个词元，或更靠后的一个。</translation>
    </message>
    <message>
        <source>This token is only a part of a letter.</source>
        <translation>这个词元只是一个字的一部分。</translation>
    </message>
    <message>
        <source>Choose one that completes it.</source>
        <translation>请选择能补全它的词元。</translation>
    </message>
    <message>
        <source>Here stands the mark between reasoning and answer.</source>
        <translation>这里是思考与回答之间的标记。</translation>
    </message>
    <message>
        <source>Choose a token of the text.</source>
        <translation>请选择正文中的词元。</translation>
    </message>
    <message>
        <source>See whether you may read it and the disk is well.</source>
        <translation>请检查读取权限和磁盘状态。</translation>
    </message>
    <message>
        <source>Download the little-endian version of the model.</source>
        <translation>请下载该模型的小端序版本。</translation>
    </message>
    <message>
        <source>Download a newer version.</source>
        <translation>请下载较新的版本。</translation>
    </message>
    <message>
        <source>{name} is in GGUF version {version}, but desktopchat knows versions 2 and 3.</source>
        <translation>{name} 的 GGUF 版本为 {version}，而 desktopchat 只支持版本 2 和 3。</translation>
    </message>
    <message>
        <source>{name} is not a GGUF model.</source>
        <translation>{name} 不是 GGUF 模型。</translation>
    </message>
    <message>
        <source>Update desktopchat if the model is new, or download it again.</source>
        <translation>如果模型较新，请更新 desktopchat；否则请重新下载。</translation>
    </message>
    <message>
        <source>{name} is cut off or damaged: its header does not end within its {size}.</source>
        <translation>{name} 不完整或已损坏：文件头在其 {size} 内没有结束。</translation>
    </message>
    <message>
        <source>{name} has a damaged header.</source>
        <translation>{name} 的文件头已损坏。</translation>
    </message>
    <message>
        <source>{path} does not exist.</source>
        <translation>{path} 不存在。</translation>
    </message>
    <message>
        <source>{path} is a folder, not a model file.</source>
        <translation>{path} 是文件夹，不是模型文件。</translation>
    </message>
    <message>
        <source>{path} is not a regular file.</source>
        <translation>{path} 不是普通文件。</translation>
    </message>
    <message>
        <source>{name} is empty.</source>
        <translation>{name} 是空文件。</translation>
    </message>
    <message>
        <source>{path} cannot be read: {why}.</source>
        <translation>无法读取 {path}：{why}。</translation>
    </message>
    <message>
        <source>{name} is cut off: it has {size}, its header promises {promised}.</source>
        <translation>{name} 不完整：实际大小 {size}，文件头标明 {promised}。</translation>
    </message>
    <message>
        <source>{name} is made for big-endian machines.</source>
        <translation>{name} 适用于大端序机器。</translation>
    </message>
    <message>
        <source>{name} is in GGUF version 1, which is too old.</source>
        <translation>{name} 的 GGUF 版本为 1，已经过旧。</translation>
    </message>
    <message>
        <source>{name} is a safetensors file, not a GGUF model.</source>
        <translation>{name} 是 safetensors 文件，不是 GGUF 模型。</translation>
    </message>
    <message>
        <source>{name} begins with zeros: its download never finished.</source>
        <translation>{name} 以零字节开头：下载没有完成。</translation>
    </message>
    <message>
        <source>{name} has a tensor of the unknown type {number}.</source>
        <translation>{name} 含有未知类型 {number} 的张量。</translation>
    </message>
    <message>
        <source>1 conversation</source>
        <translation>1 个对话</translation>
    </message>
    <message>
        <source>{count} conversations</source>
        <translation>{count} 个对话</translation>
    </message>
    <message>
        <source>1 message</source>
        <translation>1 条消息</translation>
    </message>
    <message>
        <source>{count} messages</source>
        <translation>{count} 条消息</translation>
    </message>
    <message>
        <source>1 was already here</source>
        <translation>1 个已存在</translation>
    </message>
    <message>
        <source>{count} were already here</source>
        <translation>{count} 个已存在</translation>
    </message>
    <message>
        <source>1 of these is in the trash</source>
        <translation>其中 1 个在回收站中</translation>
    </message>
    <message>
        <source>{count} of these are in the trash</source>
        <translation>其中 {count} 个在回收站中</translation>
    </message>
    <message>
        <source>1 thing had to be mended</source>
        <translation>修正了 1 处</translation>
    </message>
    <message>
        <source>{count} things had to be mended</source>
        <translation>修正了 {count} 处</translation>
    </message>
    <message>
        <source>1 record was skipped</source>
        <translation>跳过了 1 条记录</translation>
    </message>
    <message>
        <source>{count} records were skipped</source>
        <translation>跳过了 {count} 条记录</translation>
    </message>
    <message>
        <source>Imported {conversations} with {messages}</source>
        <translation>已导入 {conversations}，共 {messages}</translation>
    </message>
    <message>
        <source>{words}.</source>
        <translation>{words}。</translation>
    </message>
    <message>
        <source>{place}: {reason}</source>
        <translation>{place}：{reason}</translation>
    </message>
    <message>
        <source>{first}; {second}</source>
        <translation>{first}；{second}</translation>
    </message>
    <message>
        <source>and {count} more.</source>
        <translation>以及另外 {count} 处。</translation>
    </message>
    <message>
        <source>This model can have no KV cache in q8_0, so it gets one in f16.</source>
        <translation>此模型不能用 q8_0 的 KV 缓存，因此用 f16。</translation>
    </message>
    <message>
        <source>All layers are on the GPU: there is room for them.</source>
        <translation>所有层都在 GPU 上：放得下。</translation>
    </message>
    <message>
        <source>{count} of {all} layers are on the GPU: more do not fit.</source>
        <translation>{all} 层中有 {count} 层在 GPU 上：再多就放不下了。</translation>
    </message>
    <message>
        <source>No layer is on the GPU: none fits.</source>
        <translation>GPU 上没有任何层：一层也放不下。</translation>
    </message>
    <message>
        <source>The context has {count} tokens: more would leave too little memory.</source>
        <translation>上下文为 {count} 词元：再多则剩余内存太少。</translation>
    </message>
    <message>
        <source>A KV cache in q8_0 needs flash attention, which is switched off, so it is in f16.</source>
        <translation>q8_0 的 KV 缓存需要 Flash Attention，而它已关闭，因此用 f16。</translation>
    </message>
    <message>
        <source>The experts of {count} layers are on the CPU, so that all else fits on the GPU.</source>
        <translation>{count} 层的专家在 CPU 上，这样其余部分都能放进 GPU。</translation>
    </message>
    <message>
        <source>The KV cache is in q8_0, so that all layers fit on the GPU.</source>
        <translation>KV 缓存用 q8_0，这样所有层都能放进 GPU。</translation>
    </message>
    <message>
        <source>The context has {count} tokens, which few chats need; the model was trained for {trained}.</source>
        <translation>上下文为 {count} 词元，很少有对话需要更多；模型训练时为 {trained}。</translation>
    </message>
    <message>
        <source>The context has {count} tokens, for which the model was trained.</source>
        <translation>上下文为 {count} 词元，与模型训练时相同。</translation>
    </message>
    <message>
        <source>Flash attention is on: on a GPU it saves memory.</source>
        <translation>Flash Attention 已开启：在 GPU 上它节省内存。</translation>
    </message>
    <message>
        <source>Flash attention is on: a KV cache in q8_0 needs it.</source>
        <translation>Flash Attention 已开启：q8_0 的 KV 缓存需要它。</translation>
    </message>
    <message>
        <source>Load it smaller, choose a smaller model, or close other programs.</source>
        <translation>用更少内存加载它、选用更小的模型，或关闭其他程序。</translation>
    </message>
    <message>
        <source>{name} would take {needed} of memory, but only {free} are free.</source>
        <translation>{name} 需要 {needed} 内存，但只有 {free} 可用。</translation>
    </message>
    <message>
        <source>{name} would take {needed} of {device}, but only {free} are free there.</source>
        <translation>{name} 需要 {device} 的 {needed}，但那里只有 {free} 可用。</translation>
    </message>
    <message>
        <source>The preset has no name.</source>
        <translation>预设没有名称。</translation>
    </message>
    <message>
        <source>Give it one, such as Letters.</source>
        <translation>请输入名称，例如“书信”。</translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation>请换一个名称。</translation>
    </message>
    <message>
        <source>{name} is a preset of the program.</source>
        <translation>{name} 是程序自带的预设。</translation>
    </message>
    <message>
        <source>A stop string is empty.</source>
        <translation>有一个停止字符串是空的。</translation>
    </message>
    <message>
        <source>Leave it out or give it text.</source>
        <translation>请去掉它，或填写内容。</translation>
    </message>
    <message>
        <source>A grammar and a JSON schema cannot both be followed.</source>
        <translation>不能同时遵循语法和 JSON Schema。</translation>
    </message>
    <message>
        <source>Give one of them.</source>
        <translation>请只使用其中一个。</translation>
    </message>
    <message>
        <source>Give a value inside that range.</source>
        <translation>请输入该范围内的值。</translation>
    </message>
    <message>
        <source>There is no sampler called {name}.</source>
        <translation>没有名为 {name} 的采样器。</translation>
    </message>
    <message>
        <source>Choose from {names}.</source>
        <translation>可选：{names}。</translation>
    </message>
    <message>
        <source>“{name}” is no reasoning effort.</source>
        <translation>“{name}”不是推理强度。</translation>
    </message>
    <message>
        <source>{name} is {value}, but must be from {least} to {most}.</source>
        <translation>{name} 为 {value}，但必须在 {least} 到 {most} 之间。</translation>
    </message>
    <message>
        <source>Use name, description and parameters such as temperature: 0.3.</source>
        <translation>请使用 name、description 以及 temperature: 0.3 之类的参数。</translation>
    </message>
    <message>
        <source>Its name is empty or too long.</source>
        <translation>其名称为空或过长。</translation>
    </message>
    <message>
        <source>Give it a name of at most 80 characters.</source>
        <translation>请使用不超过 80 个字符的名称。</translation>
    </message>
    <message>
        <source>It has no system prompt.</source>
        <translation>其中没有系统提示词。</translation>
    </message>
    <message>
        <source>Write below its head what the model is to be.</source>
        <translation>请在文件头下面写明模型扮演什么。</translation>
    </message>
    <message>
        <source>Its system prompt is too long.</source>
        <translation>其系统提示词过长。</translation>
    </message>
    <message>
        <source>Keep below 100,000 characters.</source>
        <translation>请保持在 100,000 个字符以内。</translation>
    </message>
    <message>
        <source>It has too many fields.</source>
        <translation>其中的填空过多。</translation>
    </message>
    <message>
        <source>Use at most 12 words in braces.</source>
        <translation>请最多使用 12 个花括号中的词。</translation>
    </message>
    <message>
        <source>Its head does not end.</source>
        <translation>其文件头没有结束。</translation>
    </message>
    <message>
        <source>Put --- on a line below it.</source>
        <translation>请在文件头下面单独一行写 ---。</translation>
    </message>
    <message>
        <source>Write a number.</source>
        <translation>请写一个数字。</translation>
    </message>
    <message>
        <source>“{line}” is no line of its head.</source>
        <translation>“{line}”不是文件头中的一行。</translation>
    </message>
    <message>
        <source>“{value}” is no value of {name}.</source>
        <translation>“{value}”不是 {name} 的值。</translation>
    </message>
    <message>
        <source>It cannot have “{key}” in its head.</source>
        <translation>其文件头中不能有“{key}”。</translation>
    </message>
    <message>
        <source>This desktopchat does not know where new versions are announced.</source>
        <translation>此 desktopchat 不知道新版本在哪里发布。</translation>
    </message>
    <message>
        <source>Look where you got it, or put the address of its makers&apos; list under updates.address in the settings.</source>
        <translation>请到您获取它的地方查看，或在设置的 updates.address 中填入其制作者列表的地址。</translation>
    </message>
    <message>
        <source>See whether updates.address in the settings is right, or try again later.</source>
        <translation>请检查设置中的 updates.address 是否正确，或稍后再试。</translation>
    </message>
    <message>
        <source>See whether updates.address in the settings is that of a list of versions.</source>
        <translation>请检查设置中的 updates.address 是否是版本列表的地址。</translation>
    </message>
    <message>
        <source>Install nothing that it names, and try again from another network.</source>
        <translation>请勿安装其中提到的任何东西，并换一个网络再试。</translation>
    </message>
    <message>
        <source>Look for a newer desktopchat where you got this one.</source>
        <translation>请到您获取此版本的地方查找更新的 desktopchat。</translation>
    </message>
    <message>
        <source>This is desktopchat {present}, newer than {version} of {day}, the newest one that was announced.</source>
        <translation>这是 desktopchat {present}，比已发布的最新版本 {version}（{day}）更新。</translation>
    </message>
    <message>
        <source>{host} has no list of versions at that address: it answered {status}.</source>
        <translation>{host} 在该地址没有版本列表：它回答 {status}。</translation>
    </message>
    <message>
        <source>What {host} sent is not signed, so nothing of it is believed.</source>
        <translation>{host} 发来的内容没有签名，因此不予采信。</translation>
    </message>
    <message>
        <source>What {host} sent was not signed by the makers of desktopchat, or was changed on its way.</source>
        <translation>{host} 发来的内容不是由 desktopchat 的制作者签名的，或在途中被改动过。</translation>
    </message>
    <message>
        <source>The list of versions of {host} cannot be read by this version.</source>
        <translation>此版本无法读取 {host} 的版本列表。</translation>
    </message>
    <message>
        <source>desktopchat {version} of {day} is there; this is {present}.</source>
        <translation>有 {day} 的 desktopchat {version}；当前是 {present}。</translation>
    </message>
    <message>
        <source>desktopchat {version} of {day} is there, but not for this system, {system}; this is {present}.</source>
        <translation>有 {day} 的 desktopchat {version}，但没有适用于本系统（{system}）的；当前是 {present}。</translation>
    </message>
    <message>
        <source>This is desktopchat {present}, the newest version.</source>
        <translation>这是 desktopchat {present}，已是最新版本。</translation>
    </message>
    <message>
        <source>{first} {second}</source>
        <translation>{first}{second}</translation>
    </message>
    <message>
        <source>Choose a character card: a PNG or JSON file as SillyTavern saves it.</source>
        <translation>请选择角色卡：SillyTavern 保存的 PNG 或 JSON 文件。</translation>
    </message>
    <message>
        <source>The picture holds no character.</source>
        <translation>这张图片中没有角色。</translation>
    </message>
    <message>
        <source>The card is too large.</source>
        <translation>角色卡过大。</translation>
    </message>
    <message>
        <source>Choose one of at most 32 MB.</source>
        <translation>请选择不超过 32 MB 的角色卡。</translation>
    </message>
    <message>
        <source>The card has no character with a name.</source>
        <translation>角色卡中没有带名称的角色。</translation>
    </message>
    <message>
        <source>The card says nothing of its character.</source>
        <translation>角色卡没有描述其角色。</translation>
    </message>
    <message>
        <source>The card says more than 100,000 characters of its character.</source>
        <translation>角色卡对角色的描述超过 100,000 个字符。</translation>
    </message>
    <message>
        <source>Shorten it and save it again.</source>
        <translation>请缩短后重新保存。</translation>
    </message>
    <message>
        <source>The character on the card is too large.</source>
        <translation>角色卡中的角色数据过大。</translation>
    </message>
    <message>
        <source>Choose a card with less text.</source>
        <translation>请选择文字较少的角色卡。</translation>
    </message>
    <message>
        <source>The file holds no character.</source>
        <translation>文件中没有角色。</translation>
    </message>
    <message>
        <source>The character in the picture is damaged.</source>
        <translation>图片中的角色已损坏。</translation>
    </message>
    <message>
        <source>The file is no character card, or is damaged.</source>
        <translation>文件不是角色卡，或者已损坏。</translation>
    </message>
    <message>
        <source>The engine ran out of memory.</source>
        <translation>引擎内存不足。</translation>
    </message>
    <message>
        <source>Choose a smaller context or model.</source>
        <translation>请选择较小的上下文或模型。</translation>
    </message>
    <message>
        <source>The engine failed inside.</source>
        <translation>引擎内部出错。</translation>
    </message>
    <message>
        <source>Try again; if it happens again, load the model again.</source>
        <translation>请重试；如果再次发生，请重新加载模型。</translation>
    </message>
    <message>
        <source>Load the model again; if it happens again, choose another model.</source>
        <translation>请重新加载模型；如果再次发生，请选择其他模型。</translation>
    </message>
    <message>
        <source>exit code {number}</source>
        <translation>退出代码 {number}</translation>
    </message>
    <message>
        <source>The chat template of this model came to no end, so the engine was ended.</source>
        <translation>此模型的对话模板一直没有结束，因此引擎已被终止。</translation>
    </message>
    <message>
        <source>Choose another template for this model.</source>
        <translation>请为此模型选择另一个模板。</translation>
    </message>
    <message>
        <source>Load the model with a smaller context or fewer GPU layers, or choose a smaller model.</source>
        <translation>请用较小的上下文或较少的 GPU 层数加载模型，或选择较小的模型。</translation>
    </message>
    <message>
        <source>The graphics driver failed under the engine.</source>
        <translation>引擎所用的显卡驱动程序出错。</translation>
    </message>
    <message>
        <source>Load the model again, with fewer GPU layers.</source>
        <translation>请用较少的 GPU 层数重新加载模型。</translation>
    </message>
    <message>
        <source>The engine was killed by the system, most likely because memory ran out.</source>
        <translation>引擎被系统终止，很可能是因为内存不足。</translation>
    </message>
    <message>
        <source>Close other programs, or load the model with a smaller context.</source>
        <translation>请关闭其他程序，或用较小的上下文加载模型。</translation>
    </message>
    <message>
        <source>llama.cpp was built for another processor than the one of this machine.</source>
        <translation>llama.cpp 是为另一种处理器构建的，与本机不符。</translation>
    </message>
    <message>
        <source>Choose another backend, or set the program up again on this machine.</source>
        <translation>请选择其他后端，或在本机上重新安装设置本程序。</translation>
    </message>
    <message>
        <source>llama.cpp gave up on this model file or these settings.</source>
        <translation>llama.cpp 无法处理此模型文件或这些设置。</translation>
    </message>
    <message>
        <source>Load the model again; if it happens again, download the file again or choose another model.</source>
        <translation>请重新加载模型；如果再次发生，请重新下载文件或选择其他模型。</translation>
    </message>
    <message>
        <source>The engine stopped unexpectedly ({exit}).</source>
        <translation>引擎意外停止（{exit}）。</translation>
    </message>
    <message>
        <source>no exit code</source>
        <translation>没有退出代码</translation>
    </message>
    <message>
        <source>signal {number}</source>
        <translation>信号 {number}</translation>
    </message>
    <message>
        <source>Choose a smaller model of the same family.</source>
        <translation>请选择同一系列中较小的模型。</translation>
    </message>
    <message>
        <source>{small} cannot draft for {large}: their vocabularies differ.</source>
        <translation>{small} 不能作为 {large} 的草稿模型：两者词表不同。</translation>
    </message>
    <message>
        <source>Loading was stopped.</source>
        <translation>已停止加载。</translation>
    </message>
    <message>
        <source>Ask for fewer.</source>
        <translation>请减少数量。</translation>
    </message>
    <message>
        <source>Shorten it, start a new conversation, or load the model with a larger context.</source>
        <translation>请缩短提示，开始新对话，或用更大的上下文加载模型。</translation>
    </message>
    <message>
        <source>The prompt is empty.</source>
        <translation>提示是空的。</translation>
    </message>
    <message>
        <source>Type something to answer.</source>
        <translation>请输入要回答的内容。</translation>
    </message>
    <message>
        <source>No model is loaded.</source>
        <translation>没有加载模型。</translation>
    </message>
    <message>
        <source>Open a model first.</source>
        <translation>请先打开模型。</translation>
    </message>
    <message>
        <source>At most {most} alternatives can be reported.</source>
        <translation>最多可列出 {most} 个候选词元。</translation>
    </message>
    <message>
        <source>At most {most} answers can be generated at once.</source>
        <translation>一次最多可生成 {most} 个回答。</translation>
    </message>
    <message>
        <source>The prompt has {count} tokens, but the context window holds {size} with room for at least one token of answer.</source>
        <translation>提示有 {count} 词元，而上下文窗口为 {size} 词元，其中至少要为回答留出 1 词元。</translation>
    </message>
    <message>
        <source>llama.cpp could not evaluate the text.</source>
        <translation>llama.cpp 无法处理这段文字。</translation>
    </message>
    <message>
        <source>Load the model again; if it happens again, choose a smaller context or fewer GPU layers.</source>
        <translation>请重新加载模型；如果再次发生，请选择较小的上下文或较少的 GPU 层数。</translation>
    </message>
    <message>
        <source>Download it again, or choose another model.</source>
        <translation>请重新下载，或选择其他模型。</translation>
    </message>
    <message>
        <source>This model looks back only so far: after going far back, a conversation is read from the start.</source>
        <translation>此模型的回看范围有限：回到较早位置后，会从头读取对话。</translation>
    </message>
    <message>
        <source>This model can only go on: after an edit, a conversation is read from the start.</source>
        <translation>此模型只能接着往下读：编辑后，会从头读取对话。</translation>
    </message>
    <message>
        <source>Update desktopchat, or choose another model.</source>
        <translation>请更新 desktopchat，或选择其他模型。</translation>
    </message>
    <message>
        <source>Choose a smaller model or fewer GPU layers.</source>
        <translation>请选择较小的模型或较少的 GPU 层数。</translation>
    </message>
    <message>
        <source>llama.cpp cannot load {name}: the file is damaged or of a kind that it does not know.</source>
        <translation>llama.cpp 无法加载 {name}：文件已损坏，或类型未知。</translation>
    </message>
    <message>
        <source>GPU and CPU, {count} threads</source>
        <translation>GPU 和 CPU，{count} 个线程</translation>
    </message>
    <message>
        <source>Choose a smaller context window in the settings, or a smaller model.</source>
        <translation>请在设置中选择较小的上下文窗口，或选择较小的模型。</translation>
    </message>
    <message>
        <source>{name} is of the architecture “{architecture}”, which this llama.cpp does not know.</source>
        <translation>{name} 的架构为“{architecture}”，当前的 llama.cpp 不支持。</translation>
    </message>
    <message>
        <source>There is not enough memory for {name}.</source>
        <translation>内存不足，无法加载 {name}。</translation>
    </message>
    <message>
        <source>CPU, {count} threads</source>
        <translation>CPU，{count} 个线程</translation>
    </message>
    <message>
        <source>CPU, 1 thread</source>
        <translation>CPU，1 个线程</translation>
    </message>
    <message>
        <source>There is not enough memory for {name} with a context of {wanted} tokens.</source>
        <translation>内存不足，无法以 {wanted} 词元的上下文加载 {name}。</translation>
    </message>
    <message>
        <source>The built-in template {template} is used instead.</source>
        <translation>改用内置模板 {template}。</translation>
    </message>
    <message>
        <source>{name} brings no chat template: it continues text and does not answer questions.</source>
        <translation>{name} 不带对话模板：它只会续写文字，不会回答问题。</translation>
    </message>
    <message>
        <source>The chat template of this model comes to no end.</source>
        <translation>此模型的对话模板没有尽头。</translation>
    </message>
    <message>
        <source>The built-in chat template {name} cannot be used.</source>
        <translation>内置对话模板 {name} 无法使用。</translation>
    </message>
    <message>
        <source>{name} continues plain text instead.</source>
        <translation>{name} 将改为续写纯文本。</translation>
    </message>
    <message>
        <source>The JSON schema cannot be used.</source>
        <translation>此 JSON Schema 无法使用。</translation>
    </message>
    <message>
        <source>Check it for errors.</source>
        <translation>请检查其中的错误。</translation>
    </message>
    <message>
        <source>llama.cpp refused the sampling parameters.</source>
        <translation>llama.cpp 拒绝了采样参数。</translation>
    </message>
    <message>
        <source>Check the grammar.</source>
        <translation>请检查语法。</translation>
    </message>
    <message>
        <source>There is no token {token}.</source>
        <translation>没有词元 {token}。</translation>
    </message>
    <message>
        <source>This model&apos;s tokens go from 0 to {last}.</source>
        <translation>此模型的词元编号为 0 到 {last}。</translation>
    </message>
    <message>
        <source>The engine sent something that nobody understands, so it was ended.</source>
        <translation>引擎发来了无法识别的数据，因此已被终止。</translation>
    </message>
    <message>
        <source>Load the model again to go on.</source>
        <translation>请重新加载模型以继续。</translation>
    </message>
    <message>
        <source>The engine did not stop when asked, so it was ended.</source>
        <translation>引擎没有按要求停止，因此已被终止。</translation>
    </message>
    <message>
        <source>The engine gave no sign of life, so it was ended.</source>
        <translation>引擎没有响应，因此已被终止。</translation>
    </message>
    <message>
        <source>The engine cannot be started: {why}.</source>
        <translation>无法启动引擎：{why}。</translation>
    </message>
    <message>
        <source>Free some space, and see that {folder} can be written.</source>
        <translation>请腾出一些空间，并确保 {folder} 可以写入。</translation>
    </message>
    <message>
        <source>The chat template of this model cannot be used.</source>
        <translation>此模型的对话模板无法使用。</translation>
    </message>
    <message>
        <source>Write it like scripted:50.</source>
        <translation>请写成 scripted:50 这样的形式。</translation>
    </message>
    <message>
        <source>Shorten it.</source>
        <translation>请缩短提示。</translation>
    </message>
    <message>
        <source>“{option}” is not a rate in words per second.</source>
        <translation>“{option}”不是以每秒词数表示的速度。</translation>
    </message>
    <message>
        <source>The prompt has {count} tokens, but the context window holds {size}.</source>
        <translation>提示有 {count} 词元，而上下文窗口为 {size} 词元。</translation>
    </message>
    <message>
        <source>The message that you edit is not in this branch.</source>
        <translation>正在编辑的消息不在这个分支中。</translation>
    </message>
    <message>
        <source>Show its branch, or restore it.</source>
        <translation>请切换到它所在的分支，或恢复该消息。</translation>
    </message>
    <message>
        <source>See whether you may read the data folder.</source>
        <translation>请检查您是否可以读取数据文件夹。</translation>
    </message>
    <message>
        <source>The list of connections cannot be read: {why}.</source>
        <translation>无法读取连接记录：{why}。</translation>
    </message>
    <message>
        <source>This engine reaches no GPU: the layers that were to be there are on the CPU. “desktopchat doctor” says why.</source>
        <translation>此引擎用不到 GPU：原定放在那里的层改在 CPU 上。“desktopchat doctor”会说明原因。</translation>
    </message>
    <message>
        <source>Flash attention is off: GPUs have none for heads of {size} numbers.</source>
        <translation>Flash Attention 已关闭：GPU 不支持每头 {size} 个数的大小。</translation>
    </message>
    <message>
        <source>The built-in one is used.</source>
        <translation>已改用内置的后端。</translation>
    </message>
    <message>
        <source>The backend {name} does not work here: {cause}</source>
        <translation>后端 {name} 在这里无法工作：{cause}</translation>
    </message>
    <message>
        <source>Build the backend for it: python3 packaging/backend.py {name} --add</source>
        <translation>请为它构建后端：python3 packaging/backend.py {name} --add</translation>
    </message>
    <message>
        <source>The GPU {name} is not used.</source>
        <translation>GPU {name} 没有被使用。</translation>
    </message>
    <message>
        <source>The backend {name} reaches one: desktopchat backend use {again}</source>
        <translation>后端 {name} 可以用到 GPU：desktopchat backend use {again}</translation>
    </message>
    <message>
        <source>Install the driver of {vendor} for it.</source>
        <translation>请为它安装 {vendor} 的驱动程序。</translation>
    </message>
    <message>
        <source>The backend {name} does not work: {cause} {cure}</source>
        <translation>后端 {name} 无法工作：{cause} {cure}</translation>
    </message>
    <message>
        <source>There is no backend called {name}.</source>
        <translation>没有名为 {name} 的后端。</translation>
    </message>
    <message>
        <source>Choose one of {names}, or add one.</source>
        <translation>请从 {names} 中选择，或添加一个。</translation>
    </message>
    <message>
        <source>Get one for this version of desktopchat, or build it: python3 packaging/backend.py.</source>
        <translation>请获取适用于此版本 desktopchat 的后端，或自行构建：python3 packaging/backend.py。</translation>
    </message>
    <message>
        <source>Add the backend again, or another one.</source>
        <translation>请重新添加此后端，或添加另一个。</translation>
    </message>
    <message>
        <source>This is no backend: its backend.json names what cannot be.</source>
        <translation>这不是后端：其 backend.json 中有不可能的内容。</translation>
    </message>
    <message>
        <source>This is no backend: its backend.json is damaged.</source>
        <translation>这不是后端：其 backend.json 已损坏。</translation>
    </message>
    <message>
        <source>The backend {name} was built for llama-cpp-python {theirs}, and here is {ours}.</source>
        <translation>后端 {name} 是为 llama-cpp-python {theirs} 构建的，而这里是 {ours}。</translation>
    </message>
    <message>
        <source>The backend {name} is for {theirs}, and this is {ours}.</source>
        <translation>后端 {name} 适用于 {theirs}，而这里是 {ours}。</translation>
    </message>
    <message>
        <source>{folder} is no backend: {why}.</source>
        <translation>{folder} 不是后端：{why}。</translation>
    </message>
    <message>
        <source>The backend {name} is damaged: {file}.</source>
        <translation>后端 {name} 已损坏：{file}。</translation>
    </message>
    <message>
        <source>Get the file again.</source>
        <translation>请重新获取该文件。</translation>
    </message>
    <message>
        <source>This is no backend: there is no backend.json in it.</source>
        <translation>这不是后端：其中没有 backend.json。</translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation>请选择另一个文件。</translation>
    </message>
    <message>
        <source>The pack does not contain what its backend.json says.</source>
        <translation>此包的内容与其 backend.json 所述不符。</translation>
    </message>
    <message>
        <source>This backend is larger than any can be.</source>
        <translation>此后端大得不合理。</translation>
    </message>
    <message>
        <source>Make room on the disk.</source>
        <translation>请腾出磁盘空间。</translation>
    </message>
    <message>
        <source>“desktopchat backend list” shows those that there are.</source>
        <translation>“desktopchat backend list”会列出现有的后端。</translation>
    </message>
    <message>
        <source>A backend cannot be called that.</source>
        <translation>后端不能使用这个名称。</translation>
    </message>
    <message>
        <source>Give it another name.</source>
        <translation>请给它另一个名称。</translation>
    </message>
    <message>
        <source>The disk has {free} MB left, and the backend takes {size}.</source>
        <translation>磁盘还剩 {free} MB，而此后端需要 {size} MB。</translation>
    </message>
    <message>
        <source>See whether the file is there, and the data folder can be written.</source>
        <translation>请查看文件是否存在，以及数据文件夹是否可写。</translation>
    </message>
    <message>
        <source>Add the one you want.</source>
        <translation>请添加您想要的版本。</translation>
    </message>
    <message>
        <source>There is no backend called {name} that was added.</source>
        <translation>没有添加过名为 {name} 的后端。</translation>
    </message>
    <message>
        <source>{path} is no sound zip file.</source>
        <translation>{path} 不是完好的 zip 文件。</translation>
    </message>
    <message>
        <source>There is no version before of the backend {name}.</source>
        <translation>后端 {name} 没有更早的版本。</translation>
    </message>
    <message>
        <source>Choose another backend, or update the driver.</source>
        <translation>请选择另一个后端，或更新驱动程序。</translation>
    </message>
    <message>
        <source>See whether the GPU has a Vulkan driver. Mesa&apos;s software driver, which is slower than the CPU, is taken only with GGML_VK_VISIBLE_DEVICES=0 in the environment.</source>
        <translation>请查看 GPU 是否有 Vulkan 驱动程序。Mesa 的软件驱动比 CPU 还慢，只有在环境中设置 GGML_VK_VISIBLE_DEVICES=0 时才会使用。</translation>
    </message>
    <message>
        <source>See whether nvidia-smi shows the GPU; if not, install NVIDIA&apos;s driver.</source>
        <translation>请查看 nvidia-smi 是否显示 GPU；若没有，请安装 NVIDIA 的驱动程序。</translation>
    </message>
    <message>
        <source>See whether rocminfo shows the GPU; if not, install AMD&apos;s driver.</source>
        <translation>请查看 rocminfo 是否显示 GPU；若没有，请安装 AMD 的驱动程序。</translation>
    </message>
    <message>
        <source>Choose another backend.</source>
        <translation>请选择另一个后端。</translation>
    </message>
    <message>
        <source>{kind} finds no GPU here, so that the CPU does all the work.</source>
        <translation>{kind} 在这里找不到 GPU，因此全部由 CPU 计算。</translation>
    </message>
    <message>
        <source>It hangs: nothing came of it in {count} seconds.</source>
        <translation>它没有反应：{count} 秒内没有结果。</translation>
    </message>
    <message>
        <source>Choose another backend: desktopchat backend list.</source>
        <translation>请选择另一个后端：desktopchat backend list。</translation>
    </message>
    <message>
        <source>llama.cpp&apos;s libraries need {library}, which is not on this machine.</source>
        <translation>llama.cpp 的库需要 {library}，而这台机器上没有。</translation>
    </message>
    <message>
        <source>Install NVIDIA&apos;s driver.</source>
        <translation>请安装 NVIDIA 的驱动程序。</translation>
    </message>
    <message>
        <source>Install NVIDIA&apos;s CUDA runtime.</source>
        <translation>请安装 NVIDIA 的 CUDA 运行库。</translation>
    </message>
    <message>
        <source>Install the Vulkan loader; on Debian: sudo apt install libvulkan1.</source>
        <translation>请安装 Vulkan 加载器；在 Debian 上：sudo apt install libvulkan1。</translation>
    </message>
    <message>
        <source>Install AMD&apos;s ROCm.</source>
        <translation>请安装 AMD 的 ROCm。</translation>
    </message>
    <message>
        <source>llama.cpp&apos;s libraries are not of the version that this program needs.</source>
        <translation>llama.cpp 的库不是本程序所需的版本。</translation>
    </message>
    <message>
        <source>llama.cpp&apos;s libraries are missing or damaged.</source>
        <translation>llama.cpp 的库缺失或已损坏。</translation>
    </message>
    <message>
        <source>llama.cpp could not do this.</source>
        <translation>llama.cpp 无法完成此操作。</translation>
    </message>
    <message>
        <source>Its log says why: {path}.</source>
        <translation>原因见其日志：{path}。</translation>
    </message>
    <message>
        <source>no device (scripted)</source>
        <translation>无设备（scripted）</translation>
    </message>
    <message>
        <source>The tools are no list.</source>
        <translation>工具不是列表。</translation>
    </message>
    <message>
        <source>Put them into a JSON list.</source>
        <translation>请把它们放进一个 JSON 列表。</translation>
    </message>
    <message>
        <source>The tools are not valid JSON.</source>
        <translation>工具不是有效的 JSON。</translation>
    </message>
    <message>
        <source>Check their text.</source>
        <translation>请检查其文本。</translation>
    </message>
    <message>
        <source>This file asks for more memory than an import may take.</source>
        <translation>读取此文件所需的内存超出了导入的上限。</translation>
    </message>
    <message>
        <source>Reading failed inside.</source>
        <translation>读取时内部出错。</translation>
    </message>
    <message>
        <source>Split it into smaller files.</source>
        <translation>请将其拆分为较小的文件。</translation>
    </message>
    <message>
        <source>conversation “{title}”</source>
        <translation>对话“{title}”</translation>
    </message>
    <message>
        <source>It is too large.</source>
        <translation>太大。</translation>
    </message>
    <message>
        <source>It has no messages.</source>
        <translation>没有消息。</translation>
    </message>
    <message>
        <source>{first}, {second}</source>
        <translation>{first}，{second}</translation>
    </message>
    <message>
        <source>Choose another place, or free some space.</source>
        <translation>请换一个位置，或腾出一些空间。</translation>
    </message>
    <message>
        <source>{path} cannot be written: {why}.</source>
        <translation>无法写入 {path}：{why}。</translation>
    </message>
    <message>
        <source>message {number}</source>
        <translation>消息 {number}</translation>
    </message>
    <message>
        <source>It is no message.</source>
        <translation>不是消息。</translation>
    </message>
    <message>
        <source>Its parts are nested too deep.</source>
        <translation>各部分嵌套过深。</translation>
    </message>
    <message>
        <source>It is of version {version} of GPT4All&apos;s format; 1 to {newest} are known here.</source>
        <translation>GPT4All 格式的版本为 {version}；这里只支持 1 到 {newest}。</translation>
    </message>
    <message>
        <source>A part of an answer is of an unknown kind.</source>
        <translation>回答中有一部分类型未知。</translation>
    </message>
    <message>
        <source>It was written by a newer desktopchat, or is no export; update this one to read it.</source>
        <translation>由较新的 desktopchat 写入，或不是导出文件；请更新 desktopchat 后再读取。</translation>
    </message>
    <message>
        <source>It is not as our exports are: {error}.</source>
        <translation>与 desktopchat 的导出格式不符：{error}。</translation>
    </message>
    <message>
        <source>The parameters for the next answer are the usual ones now.</source>
        <translation>下一个回答将使用默认参数。</translation>
    </message>
    <message>
        <source>It holds a value of a type that is not known here ({kind}).</source>
        <translation>含有类型未知的值（{kind}）。</translation>
    </message>
    <message>
        <source>There was no answer.</source>
        <translation>没有回答。</translation>
    </message>
    <message>
        <source>Messages had the same id, or none; all are kept.</source>
        <translation>有些消息的编号相同或缺失；已全部保留。</translation>
    </message>
    <message>
        <source>The message before another one was missing; that one begins the conversation.</source>
        <translation>有消息缺少前一条消息；该消息成为对话的开头。</translation>
    </message>
    <message>
        <source>Messages stood in a circle; it is cut at one of them.</source>
        <translation>消息形成了循环；已从其中一条断开。</translation>
    </message>
    <message>
        <source>Its branches would come to too much text.</source>
        <translation>各分支的文字总量过大。</translation>
    </message>
    <message>
        <source>What reads it sent something that nobody understands.</source>
        <translation>读取进程发来了无法识别的数据。</translation>
    </message>
    <message>
        <source>What reads it ended in the middle of it.</source>
        <translation>读取进程中途结束。</translation>
    </message>
    <message>
        <source>What came before that is kept; split the file to get at the rest.</source>
        <translation>此前的内容已保留；如需其余内容，请拆分文件。</translation>
    </message>
    <message>
        <source>Reading it came to no end within {count} seconds.</source>
        <translation>读取在 {count} 秒内没有完成。</translation>
    </message>
    <message>
        <source>{name} could not be read to its end.</source>
        <translation>{name} 未能读到结尾。</translation>
    </message>
    <message>
        <source>Close other programs and try again.</source>
        <translation>请关闭其他程序后重试。</translation>
    </message>
    <message>
        <source>The process that reads files cannot be started: {why}.</source>
        <translation>无法启动读取文件的进程：{why}。</translation>
    </message>
    <message>
        <source>Give an export of ChatGPT, Claude, Open WebUI, LM Studio, Jan, GPT4All, SillyTavern or desktopchat.</source>
        <translation>请选择 ChatGPT、Claude、Open WebUI、LM Studio、Jan、GPT4All、SillyTavern 或 desktopchat 的导出文件。</translation>
    </message>
    <message>
        <source>{name} holds no conversation in a format that is known here.</source>
        <translation>{name} 中没有格式受支持的对话。</translation>
    </message>
    <message>
        <source>It is a thread of Jan; its messages.jsonl does not lie beside it.</source>
        <translation>这是 Jan 的对话；旁边没有对应的 messages.jsonl。</translation>
    </message>
    <message>
        <source>It cannot be read any further: {why}.</source>
        <translation>无法继续读取：{why}。</translation>
    </message>
    <message>
        <source>It is damaged: {error}.</source>
        <translation>已损坏：{error}。</translation>
    </message>
    <message>
        <source>It is not as it should be ({what}).</source>
        <translation>格式不正确（{what}）。</translation>
    </message>
    <message>
        <source>It is no conversation that is known here.</source>
        <translation>不是受支持的对话。</translation>
    </message>
    <message>
        <source>It is longer than {count} MB.</source>
        <translation>超过 {count} MB。</translation>
    </message>
    <message>
        <source>It is nested more than {count} deep.</source>
        <translation>嵌套超过 {count} 层。</translation>
    </message>
    <message>
        <source>It ends in the middle.</source>
        <translation>中途结束。</translation>
    </message>
    <message>
        <source>It is no object.</source>
        <translation>不是对象。</translation>
    </message>
    <message>
        <source>It is too large for the memory.</source>
        <translation>太大，内存不足。</translation>
    </message>
    <message>
        <source>It does not say who speaks.</source>
        <translation>没有注明发言者。</translation>
    </message>
    <message>
        <source>line {number}</source>
        <translation>第 {number} 行</translation>
    </message>
    <message>
        <source>conversation {number}</source>
        <translation>对话 {number}</translation>
    </message>
    <message>
        <source>a number has too many digits</source>
        <translation>有数字位数过多</translation>
    </message>
    <message>
        <source>It is no JSON: {what}.</source>
        <translation>不是 JSON：{what}。</translation>
    </message>
    <message>
        <source>Unpack it and name the file that is wanted.</source>
        <translation>请解压后选择所需的文件。</translation>
    </message>
    <message>
        <source>Name a file or a folder.</source>
        <translation>请选择文件或文件夹。</translation>
    </message>
    <message>
        <source>See whether the name is right and you may read it.</source>
        <translation>请检查名称是否正确，以及你是否有权读取。</translation>
    </message>
    <message>
        <source>Fetch it again, or unpack it and name its folder.</source>
        <translation>请重新获取，或解压后选择其文件夹。</translation>
    </message>
    <message>
        <source>{name} holds more than {most} files.</source>
        <translation>{name} 中的文件超过 {most} 个。</translation>
    </message>
    <message>
        <source>{path} is no file.</source>
        <translation>{path} 不是文件。</translation>
    </message>
    <message>
        <source>{name} is no archive that can be read, or is damaged.</source>
        <translation>{name} 不是可读取的压缩包，或已损坏。</translation>
    </message>
    <message>
        <source>It claims to unpack to more than {count} times its size.</source>
        <translation>解压后的大小将超过原来的 {count} 倍。</translation>
    </message>
    <message>
        <source>The files in the archive come to more than {count} GB.</source>
        <translation>压缩包中的文件总计超过 {count} GB。</translation>
    </message>
    <message>
        <source>It holds more than {most} files; the others were not read.</source>
        <translation>其中的文件超过 {most} 个；其余的没有读取。</translation>
    </message>
    <message>
        <source>It cannot be unpacked: {error}.</source>
        <translation>无法解压：{error}。</translation>
    </message>
    <message>
        <source>It cannot be read: {why}.</source>
        <translation>无法读取：{why}。</translation>
    </message>
    <message>
        <source>Markdown</source>
        <translation>Markdown</translation>
    </message>
    <message>
        <source>Web page</source>
        <translation>网页</translation>
    </message>
    <message>
        <source>desktopchat, whole and lossless</source>
        <translation>desktopchat，完整无损</translation>
    </message>
    <message>
        <source>desktopchat, a conversation a line</source>
        <translation>desktopchat，每行一个对话</translation>
    </message>
    <message>
        <source>OpenAI messages, for training</source>
        <translation>OpenAI 消息，用于训练</translation>
    </message>
    <message>
        <source>ShareGPT, for training</source>
        <translation>ShareGPT，用于训练</translation>
    </message>
    <message>
        <source>image projector</source>
        <translation>图像投影器</translation>
    </message>
    <message>
        <source>Choose a model.</source>
        <translation>请选择模型。</translation>
    </message>
    <message>
        <source>Choose a model; adapters are put beside it with “Adapters”.</source>
        <translation>请选择模型；适配器用“适配器”加到模型旁。</translation>
    </message>
    <message>
        <source>Choose its first part; the others are found beside it.</source>
        <translation>请选择第一部分；其余部分会在旁边自动找到。</translation>
    </message>
    <message>
        <source>Choose another file or download it again.</source>
        <translation>请选择其他文件，或重新下载。</translation>
    </message>
    <message>
        <source>There is no model called {name}.</source>
        <translation>没有名为 {name} 的模型。</translation>
    </message>
    <message>
        <source>{name} is not a model of its own, but of the kind {kind}.</source>
        <translation>{name} 不是独立的模型，其类型为 {kind}。</translation>
    </message>
    <message>
        <source>{name} is part {part} of a model in {parts} parts.</source>
        <translation>{name} 是一个模型的第 {part} 部分，共 {parts} 部分。</translation>
    </message>
    <message>
        <source>{name} has no model in it.</source>
        <translation>{name} 中没有模型。</translation>
    </message>
    <message>
        <source>{name} fits more than one model.</source>
        <translation>{name} 与多个模型匹配。</translation>
    </message>
    <message>
        <source>Choose one of {names}.</source>
        <translation>请从中选择：{names}。</translation>
    </message>
    <message>
        <source>Put a .gguf file into {folder}.</source>
        <translation>请将 .gguf 文件放入 {folder}。</translation>
    </message>
    <message>
        <source>A prompt cannot have this name.</source>
        <translation>提示词不能使用此名称。</translation>
    </message>
    <message>
        <source>Use letters, digits, spaces and dashes.</source>
        <translation>请使用文字、数字、空格和连字符。</translation>
    </message>
    <message>
        <source>The prompt cannot be written: {why}.</source>
        <translation>无法写入提示词：{why}。</translation>
    </message>
    <message>
        <source>Check the folder {folder}.</source>
        <translation>请检查文件夹 {folder}。</translation>
    </message>
    <message>
        <source>{count} failed; the column “error” says why.</source>
        <translation>其中 {count} 行失败，原因见“error”列。</translation>
    </message>
    <message>
        <source>1 row is answered in {file}.</source>
        <translation>1 行已回答，写入 {file}。</translation>
    </message>
    <message>
        <source>{count} rows are answered in {file}.</source>
        <translation>{count} 行已回答，写入 {file}。</translation>
    </message>
    <message>
        <source>Flash attention is off: on this CPU it is slower.</source>
        <translation>Flash attention 已关闭：在这款 CPU 上用它更慢。</translation>
    </message>
    <message>
        <source>Flash attention is on: on this CPU it is faster.</source>
        <translation>Flash attention 已开启：在这款 CPU 上用它更快。</translation>
    </message>
    <message>
        <source>The model was put away.</source>
        <translation>模型已卸载。</translation>
    </message>
    <message>
        <source>Open one, and ask again.</source>
        <translation>请打开一个模型，然后重新提问。</translation>
    </message>
    <message>
        <source>The context window is full.</source>
        <translation>上下文窗口已满。</translation>
    </message>
    <message>
        <source>Start a new conversation, or load the model with a larger context.</source>
        <translation>请开始新对话，或用更大的上下文加载模型。</translation>
    </message>
    <message>
        <source>{host} makes the prompt itself, so it cannot be shown.</source>
        <translation>{host} 自己生成提示词，因此无法显示。</translation>
    </message>
    <message>
        <source>{host} has the vocabulary, so tokens cannot be shown.</source>
        <translation>词表在 {host} 上，因此无法显示词元。</translation>
    </message>
    <message>
        <source>{host} has the vocabulary, so tokens mean nothing here.</source>
        <translation>词表在 {host} 上，因此这里的词元没有意义。</translation>
    </message>
    <message>
        <source>Load it again to go on.</source>
        <translation>请重新加载模型以继续。</translation>
    </message>
    <message>
        <source>It is no text.</source>
        <translation>它不是文本。</translation>
    </message>
    <message>
        <source>Save it as plain text.</source>
        <translation>请保存为纯文本。</translation>
    </message>
    <message>
        <source>The card cannot be read: {why}.</source>
        <translation>无法读取角色卡：{why}。</translation>
    </message>
    <message>
        <source>The persona cannot be written: {why}.</source>
        <translation>无法写入角色：{why}。</translation>
    </message>
    <message>
        <source>The persona {name} cannot be used. {why}</source>
        <translation>角色 {name} 无法使用。{why}</translation>
    </message>
    <message>
        <source>Download it if you know that it is a model.</source>
        <translation>如果您确定它是模型，请直接下载。</translation>
    </message>
    <message>
        <source>The header of {name} is too long to look at from here.</source>
        <translation>{name} 的文件头太长，无法远程查看。</translation>
    </message>
    <message>
        <source>Look at another hub or mirror, or download it.</source>
        <translation>请换用其他站点或镜像，或直接下载。</translation>
    </message>
    <message>
        <source>{host} gives no parts of files, so nobody can look before a download.</source>
        <translation>{host} 不支持分段读取文件，因此无法在下载前查看。</translation>
    </message>
    <message>
        <source>1 of its {all} parts is missing.</source>
        <translation>共 {all} 个分卷，缺少 1 个。</translation>
    </message>
    <message>
        <source>{count} of its {all} parts are missing.</source>
        <translation>共 {all} 个分卷，缺少 {count} 个。</translation>
    </message>
    <message>
        <source>Fetch the starter model again.</source>
        <translation>请重新获取入门模型。</translation>
    </message>
    <message>
        <source>There is no file {wheel}.</source>
        <translation>没有文件 {wheel}。</translation>
    </message>
    <message>
        <source>Delete that file and fetch it again.</source>
        <translation>请删除该文件并重新获取。</translation>
    </message>
    <message>
        <source>Make room or make the folder writable, and start again.</source>
        <translation>请腾出空间或使文件夹可写，然后重新启动。</translation>
    </message>
    <message>
        <source>The model inside {name} is not the one that was expected.</source>
        <translation>{name} 中的模型与预期不符。</translation>
    </message>
    <message>
        <source>{name} is damaged or does not hold the starter model.</source>
        <translation>{name} 已损坏，或不包含入门模型。</translation>
    </message>
    <message>
        <source>The starter model cannot be written to {models}: {why}.</source>
        <translation>无法将入门模型写入 {models}：{why}。</translation>
    </message>
    <message>
        <source>Choose a file with a Jinja template.</source>
        <translation>请选择含有 Jinja 模板的文件。</translation>
    </message>
    <message>
        <source>{name} is no chat template: {why}.</source>
        <translation>{name} 不是对话模板：{why}。</translation>
    </message>
    <message>
        <source>it is too long</source>
        <translation>它太长</translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation>它是空的</translation>
    </message>
    <message>
        <source>it is no text in UTF-8</source>
        <translation>它不是 UTF-8 文本</translation>
    </message>
    <message>
        <source>Leave --host out, or give 127.0.0.1.</source>
        <translation>请去掉 --host，或使用 127.0.0.1。</translation>
    </message>
    <message>
        <source>Choose another one with --port; those below 1024 are the system&apos;s.</source>
        <translation>请用 --port 选择另一个端口；1024 以下的端口属于系统。</translation>
    </message>
    <message>
        <source>{host} is no address of this machine.</source>
        <translation>{host} 不是本机的地址。</translation>
    </message>
    <message>
        <source>Choose another one with --port, or end that program.</source>
        <translation>请用 --port 选择另一个端口，或结束那个程序。</translation>
    </message>
    <message>
        <source>Port {port} cannot be listened on: {why}.</source>
        <translation>无法监听端口 {port}：{why}。</translation>
    </message>
    <message>
        <source>Port {port} is in use by another program.</source>
        <translation>端口 {port} 正被另一个程序使用。</translation>
    </message>
    <message>
        <source>{name} is larger than {most} MiB.</source>
        <translation>{name} 大于 {most} MiB。</translation>
    </message>
    <message>
        <source>{path} is there already, from elsewhere.</source>
        <translation>{path} 已存在，且来自别处。</translation>
    </message>
    <message>
        <source>{path} was begun with another {what}.</source>
        <translation>{path} 开始时使用的是另一个 {what}。</translation>
    </message>
    <message>
        <source>Give the same, choose another output, or delete {path} to begin anew.</source>
        <translation>请给出相同的内容，或选择其他输出，或删除 {path} 以重新开始。</translation>
    </message>
    <message>
        <source>{name} has a column “{column}”, where the answer belongs.</source>
        <translation>{name} 中有名为“{column}”的列，而那里应当写回答。</translation>
    </message>
    <message>
        <source>The schema has a property “{name}”, as a column of the output is called.</source>
        <translation>模式的属性“{name}”与输出中的一列同名。</translation>
    </message>
    <message>
        <source>Row {number} of {name} has no “{column}”, which the prompt asks for.</source>
        <translation>{name} 的第 {number} 行没有提示词所要求的“{column}”。</translation>
    </message>
    <message>
        <source>Its columns are {columns}; name some of them in the prompt.</source>
        <translation>它的列是 {columns}；请在提示词中使用其中的列。</translation>
    </message>
    <message>
        <source>There is no model yet.</source>
        <translation>还没有模型。</translation>
    </message>
    <message>
        <source>Name a GGUF file with --model, or put one into {folder}.</source>
        <translation>请用 --model 指定 GGUF 文件，或将其放入 {folder}。</translation>
    </message>
    <message>
        <source>The defaults are used.</source>
        <translation>将使用默认值。</translation>
    </message>
    <message>
        <source>{path} is not valid TOML ({error}).</source>
        <translation>{path} 不是有效的 TOML（{error}）。</translation>
    </message>
    <message>
        <source>It is kept as {name}, and the defaults are used.</source>
        <translation>该文件已保留为 {name}，并使用默认值。</translation>
    </message>
    <message>
        <source>{title} cannot be {value}.</source>
        <translation>“{title}”不能设为 {value}。</translation>
    </message>
    <message>
        <source>Give {wanted}.</source>
        <translation>应为{wanted}。</translation>
    </message>
    <message>
        <source>There is no setting called {key}.</source>
        <translation>没有名为 {key} 的设置。</translation>
    </message>
    <message>
        <source>{key} cannot be {value}.</source>
        <translation>{key} 不能是 {value}。</translation>
    </message>
    <message>
        <source>Make the file and its folder writable; until then they hold in this window.</source>
        <translation>请使该文件及其文件夹可写；在此之前，更改只在此窗口中有效。</translation>
    </message>
    <message>
        <source>{key} in {path} is {value}, but should be {wanted}; {default} is used.</source>
        <translation>{path} 中的 {key} 为 {value}，但应为{wanted}；将使用 {default}。</translation>
    </message>
    <message>
        <source>The settings could not be saved in {path}: {why}.</source>
        <translation>无法将设置保存到 {path}：{why}。</translation>
    </message>
    <message>
        <source>“{noun}” in {name} stands in no table.</source>
        <translation>{name} 中的“{noun}”不在任何表中。</translation>
    </message>
    <message>
        <source>Line {number} of {name} is not valid: {line}.</source>
        <translation>{name} 的第 {number} 行无效：{line}。</translation>
    </message>
    <message>
        <source>Write it like pin = &quot;Ctrl+P&quot;; the other lines of {path} are used.</source>
        <translation>请写成 pin = &quot;Ctrl+P&quot; 这样的形式；{path} 的其他行仍然有效。</translation>
    </message>
    <message>
        <source>{key} in {name} is {value}, which is no key.</source>
        <translation>{name} 中的 {key} 为 {value}，不是快捷键。</translation>
    </message>
    <message>
        <source>The keys could not be saved in {path}: {why}.</source>
        <translation>无法将快捷键保存到 {path}：{why}。</translation>
    </message>
    <message>
        <source>Make it readable; the preset is used.</source>
        <translation>请使其可读；目前使用预设。</translation>
    </message>
    <message>
        <source>Put it below one, like [{noun}].</source>
        <translation>请将其放在表下面，例如 [{noun}]。</translation>
    </message>
    <message>
        <source>Write it like &quot;Ctrl+P&quot;, or [&quot;Ctrl+P&quot;, &quot;F8&quot;] for two.</source>
        <translation>请写成 &quot;Ctrl+P&quot;；两个则写成 [&quot;Ctrl+P&quot;, &quot;F8&quot;]。</translation>
    </message>
    <message>
        <source>a whole number from {least} to {most}</source>
        <translation>介于 {least} 和 {most} 之间的整数</translation>
    </message>
    <message>
        <source>empty or like {example}</source>
        <translation>留空或类似 {example}</translation>
    </message>
    <message>
        <source>one of {choices}</source>
        <translation>以下之一：{choices}</translation>
    </message>
    <message>
        <source>text</source>
        <translation>文本</translation>
    </message>
    <message>
        <source>There are several backups whose name begins with “{name}”.</source>
        <translation>有多个备份的名称以“{name}”开头。</translation>
    </message>
    <message>
        <source>Take a name from desktopchat store list.</source>
        <translation>请使用 desktopchat store list 列出的名称。</translation>
    </message>
    <message>
        <source>No backup is “{name}”.</source>
        <translation>没有名为“{name}”的备份。</translation>
    </message>
    <message>
        <source>{source} is not a backup that this desktopchat can read.</source>
        <translation>{source} 不是此版本 desktopchat 可读取的备份。</translation>
    </message>
    <message>
        <source>The conversations are locked with a passphrase.</source>
        <translation>对话已用密码加密。</translation>
    </message>
    <message>
        <source>Give the passphrase.</source>
        <translation>请输入密码。</translation>
    </message>
    <message>
        <source>This passphrase does not open the conversations.</source>
        <translation>此密码无法打开对话。</translation>
    </message>
    <message>
        <source>Try again; if it is surely right, the file is damaged and a backup can be restored.</source>
        <translation>请重试；如果密码确实正确，则文件已损坏，可以恢复备份。</translation>
    </message>
    <message>
        <source>The disk is full: {path} could not be written.</source>
        <translation>磁盘已满：无法写入 {path}。</translation>
    </message>
    <message>
        <source>Free some space on that disk and try again.</source>
        <translation>请在该磁盘上腾出一些空间后重试。</translation>
    </message>
    <message>
        <source>{path} cannot be written.</source>
        <translation>无法写入 {path}。</translation>
    </message>
    <message>
        <source>Make the file and its folder writable, or use another --data-dir.</source>
        <translation>请使该文件及其文件夹可写，或用 --data-dir 指定其他文件夹。</translation>
    </message>
    <message>
        <source>Another program is using {path}.</source>
        <translation>另一个程序正在使用 {path}。</translation>
    </message>
    <message>
        <source>Close that program and try again.</source>
        <translation>请关闭该程序后重试。</translation>
    </message>
    <message>
        <source>{path} is damaged or is not a desktopchat database.</source>
        <translation>{path} 已损坏，或不是 desktopchat 数据库。</translation>
    </message>
    <message>
        <source>Start the window, which saves what can be read, or use desktopchat store restore.</source>
        <translation>请启动窗口以抢救可读取的内容，或使用 desktopchat store restore。</translation>
    </message>
    <message>
        <source>{path} cannot be opened.</source>
        <translation>无法打开 {path}。</translation>
    </message>
    <message>
        <source>Make the file and its folder readable and writable.</source>
        <translation>请使该文件及其文件夹可读写。</translation>
    </message>
    <message>
        <source>The disk failed while {path} was read or written.</source>
        <translation>读写 {path} 时磁盘出错。</translation>
    </message>
    <message>
        <source>See whether the disk is full, disconnected or broken, and try again.</source>
        <translation>请检查磁盘是否已满、断开或损坏，然后重试。</translation>
    </message>
    <message>
        <source>The work on {path} was stopped.</source>
        <translation>对 {path} 的操作已停止。</translation>
    </message>
    <message>
        <source>{path} is closed.</source>
        <translation>{path} 已关闭。</translation>
    </message>
    <message>
        <source>Start desktopchat anew.</source>
        <translation>请重新启动 desktopchat。</translation>
    </message>
    <message>
        <source>{path} cannot be used: {why}.</source>
        <translation>无法使用 {path}：{why}。</translation>
    </message>
    <message>
        <source>Make the file and its folder writable.</source>
        <translation>请使该文件及其文件夹可写。</translation>
    </message>
    <message>
        <source>This answer has ended already; its text is kept as it was.</source>
        <translation>此回答已经结束；其文字保持不变。</translation>
    </message>
    <message>
        <source>This conversation does not exist any more.</source>
        <translation>此对话已不存在。</translation>
    </message>
    <message>
        <source>Choose another one in the list.</source>
        <translation>请在列表中另选一个。</translation>
    </message>
    <message>
        <source>This message does not exist any more.</source>
        <translation>此消息已不存在。</translation>
    </message>
    <message>
        <source>Open the conversation again.</source>
        <translation>请重新打开对话。</translation>
    </message>
    <message>
        <source>This message cannot be continued.</source>
        <translation>此消息无法继续。</translation>
    </message>
    <message>
        <source>Only an answer that has ended can.</source>
        <translation>只有已结束的回答才能继续。</translation>
    </message>
    <message>
        <source>This message has been deleted.</source>
        <translation>此消息已删除。</translation>
    </message>
    <message>
        <source>Bring it back from the trash.</source>
        <translation>请从回收站恢复。</translation>
    </message>
    <message>
        <source>The disk has no room for a copy of the conversations: {needed} MB are needed, {free} MB are free.</source>
        <translation>磁盘空间不足，无法复制对话：需要 {needed} MB，可用 {free} MB。</translation>
    </message>
    <message>
        <source>{path} is damaged.</source>
        <translation>{path} 已损坏。</translation>
    </message>
    <message>
        <source>Install the newer desktopchat again, or choose another folder with --data-dir.</source>
        <translation>请重新安装较新的 desktopchat，或用 --data-dir 指定其他文件夹。</translation>
    </message>
    <message>
        <source>{path} was written by a newer desktopchat (schema {version}, this one knows {known}).</source>
        <translation>{path} 由较新的 desktopchat 写入（架构版本 {version}，当前支持 {known}）。</translation>
    </message>
    <message>
        <source>Without it the passphrase is asked for at each start.</source>
        <translation>没有密钥环，每次启动都会询问密码。</translation>
    </message>
    <message>
        <source>This system has no keyring that keeps secrets encrypted.</source>
        <translation>此系统没有可加密保存密码的密钥环。</translation>
    </message>
    <message>
        <source>The keyring of the system refused.</source>
        <translation>系统密钥环拒绝了请求。</translation>
    </message>
    <message>
        <source>Recovered messages</source>
        <translation>抢救的消息</translation>
    </message>
    <message>
        <source>This message was lost when the file was damaged.</source>
        <translation>此消息因文件损坏而丢失。</translation>
    </message>
    <message>
        <source>The name is empty.</source>
        <translation>名称是空的。</translation>
    </message>
    <message>
        <source>Type one.</source>
        <translation>请输入名称。</translation>
    </message>
    <message>
        <source>There is a folder “{name}” already.</source>
        <translation>已有名为“{name}”的文件夹。</translation>
    </message>
    <message>
        <source>The conversation “{title}” does not hold together.</source>
        <translation>对话“{title}”的内容不连贯。</translation>
    </message>
    <message>
        <source>An answer is still being written there.</source>
        <translation>那里仍在生成回答。</translation>
    </message>
    <message>
        <source>This folder does not exist any more.</source>
        <translation>此文件夹已不存在。</translation>
    </message>
    <message>
        <source>This is not in the trash any more.</source>
        <translation>回收站中已没有此项。</translation>
    </message>
    <message>
        <source>Take several words.</source>
        <translation>请使用多个词语。</translation>
    </message>
    <message>
        <source>The passphrase is shorter than {least} characters.</source>
        <translation>密码少于 {least} 个字符。</translation>
    </message>
    <message>
        <source>It is damaged.</source>
        <translation>已损坏。</translation>
    </message>
    <message>
        <source>Check the database.</source>
        <translation>请检查数据库。</translation>
    </message>
    <message>
        <source>{path} could not be copied faithfully.</source>
        <translation>无法完整复制 {path}。</translation>
    </message>
    <message>
        <source>Nothing opens the conversations without it, and nobody can send it to you. Who forgets it can only start afresh: move {database} away, and keep it in case the passphrase comes back to mind.</source>
        <translation>没有密码就无法打开对话，也没有人能为你找回。忘记密码时只能重新开始：请将 {database} 移到别处，并妥善保留，以备日后想起密码。</translation>
    </message>
    <message>
        <source>Operation not permitted</source>
        <translation>不允许此操作</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>没有该文件或文件夹</translation>
    </message>
    <message>
        <source>Input/output error</source>
        <translation>输入/输出错误</translation>
    </message>
    <message>
        <source>Cannot allocate memory</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>Permission denied</source>
        <translation>没有权限</translation>
    </message>
    <message>
        <source>Device or resource busy</source>
        <translation>设备或资源忙</translation>
    </message>
    <message>
        <source>File exists</source>
        <translation>文件已存在</translation>
    </message>
    <message>
        <source>Not a directory</source>
        <translation>不是文件夹</translation>
    </message>
    <message>
        <source>Is a directory</source>
        <translation>是文件夹</translation>
    </message>
    <message>
        <source>Too many open files</source>
        <translation>打开的文件过多</translation>
    </message>
    <message>
        <source>File too large</source>
        <translation>文件太大</translation>
    </message>
    <message>
        <source>No space left on device</source>
        <translation>磁盘空间不足</translation>
    </message>
    <message>
        <source>Read-only file system</source>
        <translation>只读文件系统</translation>
    </message>
    <message>
        <source>File name too long</source>
        <translation>文件名太长</translation>
    </message>
    <message>
        <source>Resource temporarily unavailable</source>
        <translation>资源暂时不可用</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>主题</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Density</source>
        <translation>密度</translation>
    </message>
    <message>
        <source>Tell of answers</source>
        <translation>回答通知</translation>
    </message>
    <message>
        <source>Send with</source>
        <translation>发送键</translation>
    </message>
    <message>
        <source>When the context is full</source>
        <translation>上下文已满时</translation>
    </message>
    <message>
        <source>Titles</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>System prompt</source>
        <translation>系统提示词</translation>
    </message>
    <message>
        <source>Context window</source>
        <translation>上下文窗口</translation>
    </message>
    <message>
        <source>Layers on the GPU</source>
        <translation>GPU 层数</translation>
    </message>
    <message>
        <source>Experts on the CPU</source>
        <translation>CPU 上的专家</translation>
    </message>
    <message>
        <source>Shares of the GPUs</source>
        <translation>各 GPU 的份额</translation>
    </message>
    <message>
        <source>CPU threads</source>
        <translation>CPU 线程数</translation>
    </message>
    <message>
        <source>Flash attention</source>
        <translation>Flash Attention</translation>
    </message>
    <message>
        <source>Keep KV states</source>
        <translation>保留 KV 状态</translation>
    </message>
    <message>
        <source>Speculative decoding</source>
        <translation>推测解码</translation>
    </message>
    <message>
        <source>Draft model</source>
        <translation>草稿模型</translation>
    </message>
    <message>
        <source>Type of the KV cache</source>
        <translation>KV 缓存类型</translation>
    </message>
    <message>
        <source>The server has the parameters of this answer already; these count from the next one.</source>
        <translation>服务器已收到本次回答的参数；新参数从下一次回答起生效。</translation>
    </message>
    <message>
        <source>{host} is forgotten, and its key.</source>
        <translation>已忘记 {host} 及其密钥。</translation>
    </message>
    <message>
        <source>{host} takes temperature, top-p, penalties, seed, stop and max tokens; the rest has no effect there.</source>
        <translation>{host} 接受温度、top-p、惩罚、种子、停止词和最大词元数；其余参数在那里无效。</translation>
    </message>
    <message>
        <source>Write it like 192.168.1.7:50052.</source>
        <translation>请写成 192.168.1.7:50052 的形式。</translation>
    </message>
    <message>
        <source>Write it like http://localhost:8080 or https://api.example.com/v1.</source>
        <translation>请写成 http://localhost:8080 或 https://api.example.com/v1 的形式。</translation>
    </message>
    <message>
        <source>An address holds no name, no key and no question mark.</source>
        <translation>地址中不能包含用户名、密钥和问号。</translation>
    </message>
    <message>
        <source>Leave that out; a key is asked for when the server wants one.</source>
        <translation>请去掉这些；服务器需要密钥时会另行询问。</translation>
    </message>
    <message>
        <source>Use an address that begins with https.</source>
        <translation>请使用以 https 开头的地址。</translation>
    </message>
    <message>
        <source>“{text}” is not the address of an RPC server.</source>
        <translation>“{text}”不是 RPC 服务器的地址。</translation>
    </message>
    <message>
        <source>“{text}” is not the address of a server.</source>
        <translation>“{text}”不是服务器地址。</translation>
    </message>
    <message>
        <source>On the way to {host} everyone could read what you write.</source>
        <translation>在前往 {host} 的途中，任何人都能读到您写的内容。</translation>
    </message>
    <message>
        <source>That is no key.</source>
        <translation>这不是密钥。</translation>
    </message>
    <message>
        <source>Paste the key of your account, all of it and nothing else.</source>
        <translation>请粘贴您账户的完整密钥，不要带其他内容。</translation>
    </message>
    <message>
        <source>A machine that shares the model broke off.</source>
        <translation>共享模型的一台机器断开了。</translation>
    </message>
    <message>
        <source>See whether its RPC server runs, and load the model again, or without it.</source>
        <translation>请检查它的 RPC 服务器是否在运行，然后重新加载模型，或不使用它加载。</translation>
    </message>
    <message>
        <source>This build of llama.cpp cannot share a model with other machines.</source>
        <translation>此 llama.cpp 构建不能与其他机器共享模型。</translation>
    </message>
    <message>
        <source>Build it with CMAKE_ARGS=-DGGML_RPC=on, or leave out the RPC servers.</source>
        <translation>请用 CMAKE_ARGS=-DGGML_RPC=on 构建，或去掉 RPC 服务器。</translation>
    </message>
    <message>
        <source>Look into its log.</source>
        <translation>请查看它的日志。</translation>
    </message>
    <message>
        <source>The RPC server at {host} has no device to share.</source>
        <translation>{host} 上的 RPC 服务器没有可共享的设备。</translation>
    </message>
    <message>
        <source>{helpers} and CPU, {count} threads</source>
        <translation>{helpers} 和 CPU，{count} 线程</translation>
    </message>
    <message>
        <source>Ask in other words, or elsewhere.</source>
        <translation>请换一种说法，或到别处询问。</translation>
    </message>
    <message>
        <source>{host} withholds the rest of its answer.</source>
        <translation>{host} 隐去了回答的其余部分。</translation>
    </message>
    <message>
        <source>{host}, leaves this machine</source>
        <translation>{host}，会离开本机</translation>
    </message>
    <message>
        <source>{host}, another program on this machine</source>
        <translation>{host}，本机上的另一个程序</translation>
    </message>
    <message>
        <source>What you write goes to {host} unencrypted: whoever is in that network can read it.</source>
        <translation>您写的内容会不加密地发送到 {host}：该网络中的任何人都能读到。</translation>
    </message>
    <message>
        <source>Ask again for another answer, or continue with a model here.</source>
        <translation>请重新提问，或用本机的模型继续。</translation>
    </message>
    <message>
        <source>{host} cannot continue an answer.</source>
        <translation>{host} 不能续写回答。</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>请稍后再试。</translation>
    </message>
    <message>
        <source>What it said is in the details.</source>
        <translation>它的说明在详情中。</translation>
    </message>
    <message>
        <source>Shorten it, start a new conversation, or use a server with a larger context.</source>
        <translation>请缩短内容、开始新对话，或使用上下文更大的服务器。</translation>
    </message>
    <message>
        <source>Give the key of your account there.</source>
        <translation>请输入您在那里的账户密钥。</translation>
    </message>
    <message>
        <source>Give another key, or choose another model.</source>
        <translation>请换一个密钥，或选择其他模型。</translation>
    </message>
    <message>
        <source>Pay there, or use another model.</source>
        <translation>请在那里充值，或使用其他模型。</translation>
    </message>
    <message>
        <source>Choose one that it has.</source>
        <translation>请选择它拥有的模型。</translation>
    </message>
    <message>
        <source>Mend the path of the address; often it ends with /v1.</source>
        <translation>请改正地址的路径；通常以 /v1 结尾。</translation>
    </message>
    <message>
        <source>{host} refused the request.</source>
        <translation>{host} 拒绝了请求。</translation>
    </message>
    <message>
        <source>Wait {count} s and ask again.</source>
        <translation>请等待 {count} 秒后再问。</translation>
    </message>
    <message>
        <source>{host} failed inside.</source>
        <translation>{host} 内部出错。</translation>
    </message>
    <message>
        <source>Ask again; what it said is in the details.</source>
        <translation>请再问一次；它的说明在详情中。</translation>
    </message>
    <message>
        <source>The prompt is longer than the context window.</source>
        <translation>提示超出了上下文窗口。</translation>
    </message>
    <message>
        <source>{host} does not accept the key.</source>
        <translation>{host} 不接受该密钥。</translation>
    </message>
    <message>
        <source>{host} wants a key.</source>
        <translation>{host} 需要密钥。</translation>
    </message>
    <message>
        <source>{host} does not let this key use {model}.</source>
        <translation>{host} 不允许用此密钥使用 {model}。</translation>
    </message>
    <message>
        <source>Your account at {host} has no credit left.</source>
        <translation>您在 {host} 的账户余额已用完。</translation>
    </message>
    <message>
        <source>{host} has no model called {model}.</source>
        <translation>{host} 没有名为 {model} 的模型。</translation>
    </message>
    <message>
        <source>{host} has no such service at this address.</source>
        <translation>{host} 在此地址没有这项服务。</translation>
    </message>
    <message>
        <source>{host} has had too many requests from you.</source>
        <translation>{host} 收到您的请求过多。</translation>
    </message>
    <message>
        <source>{host} is still loading the model.</source>
        <translation>{host} 仍在加载模型。</translation>
    </message>
    <message>
        <source>{host} has too much to do.</source>
        <translation>{host} 太忙了。</translation>
    </message>
    <message>
        <source>{host} does not reach the server behind it.</source>
        <translation>{host} 无法连接到它后面的服务器。</translation>
    </message>
    <message>
        <source>See whether that one runs.</source>
        <translation>请检查那台服务器是否在运行。</translation>
    </message>
    <message>
        <source>this service</source>
        <translation>此服务</translation>
    </message>
    <message>
        <source>This server follows no grammar.</source>
        <translation>此服务器不支持语法约束。</translation>
    </message>
    <message>
        <source>Take the grammar out, or use a llama.cpp server or a model here.</source>
        <translation>请去掉语法，或使用 llama.cpp 服务器或本机的模型。</translation>
    </message>
    <message>
        <source>Mend it, or take it out.</source>
        <translation>请改正它，或将它去掉。</translation>
    </message>
    <message>
        <source>The JSON schema is no JSON: {why}.</source>
        <translation>JSON schema 不是有效的 JSON：{why}。</translation>
    </message>
    <message>
        <source>Name one behind the address, after a “#”.</source>
        <translation>请在地址后面用“#”写明其中一个。</translation>
    </message>
    <message>
        <source>Load one there.</source>
        <translation>请在那里加载一个模型。</translation>
    </message>
    <message>
        <source>{host} has {count} models.</source>
        <translation>{host} 有 {count} 个模型。</translation>
    </message>
    <message>
        <source>{host} has no model.</source>
        <translation>{host} 没有模型。</translation>
    </message>
    <message>
        <source>The key lies in a private file instead.</source>
        <translation>密钥改为保存在一个私有文件中。</translation>
    </message>
    <message>
        <source>Make the folder writable, or free some space.</source>
        <translation>请使该文件夹可写，或腾出一些空间。</translation>
    </message>
    <message>
        <source>The key cannot be kept in {path}: {why}.</source>
        <translation>密钥无法保存在 {path} 中：{why}。</translation>
    </message>
    <message>
        <source>Backend</source>
        <translation>后端</translation>
    </message>
    <message>
        <source>RPC servers</source>
        <translation>RPC 服务器</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>Servers</source>
        <translation>服务器</translation>
    </message>
    <message>
        <source>Mend the address, or see whether you are online.</source>
        <translation>请改正地址，或检查网络是否连通。</translation>
    </message>
    <message>
        <source>See whether the server runs, and whether it can be reached from here.</source>
        <translation>请检查服务器是否在运行，以及能否从这里连接到它。</translation>
    </message>
    <message>
        <source>See whether the server is busy; a shorter conversation or a smaller model is answered sooner.</source>
        <translation>请检查服务器是否繁忙；较短的对话或较小的模型回答得更快。</translation>
    </message>
    <message>
        <source>What came is kept; ask again.</source>
        <translation>已收到的内容已保留；请再问一次。</translation>
    </message>
    <message>
        <source>See whether the address is that of an OpenAI-compatible server.</source>
        <translation>请检查该地址是否属于 OpenAI 兼容服务器。</translation>
    </message>
    <message>
        <source>Look into its log, or ask less: the conversation may be too long for it.</source>
        <translation>请查看它的日志，或减少内容：对话对它来说可能太长了。</translation>
    </message>
    <message>
        <source>Ask again with a smaller number of tokens, or use another server.</source>
        <translation>请减少词元数后再问，或使用其他服务器。</translation>
    </message>
    <message>
        <source>Connect to that address itself if you trust it.</source>
        <translation>如果您信任该地址，请直接连接到它。</translation>
    </message>
    <message>
        <source>The program makes no connections, because it is set to be offline.</source>
        <translation>程序被设为离线，因此不建立连接。</translation>
    </message>
    <message>
        <source>Set “Offline” to off in the settings.</source>
        <translation>请在设置中关闭“离线”。</translation>
    </message>
    <message>
        <source>Start the server there, or mend the address.</source>
        <translation>请启动那里的服务器，或改正地址。</translation>
    </message>
    <message>
        <source>{host} took no connection for {seconds} s.</source>
        <translation>{host} 在 {seconds} 秒内没有接受连接。</translation>
    </message>
    <message>
        <source>{host} sent no answer for {seconds} s.</source>
        <translation>{host} 在 {seconds} 秒内没有回答。</translation>
    </message>
    <message>
        <source>{host} fell silent for {seconds} s in the middle of its answer.</source>
        <translation>{host} 在回答中途沉默了 {seconds} 秒。</translation>
    </message>
    <message>
        <source>{host} broke off in the middle of its answer.</source>
        <translation>{host} 在回答中途断开了。</translation>
    </message>
    <message>
        <source>{host} sent something that is no answer.</source>
        <translation>{host} 发来的内容不是回答。</translation>
    </message>
    <message>
        <source>{host} sent an empty answer.</source>
        <translation>{host} 发来了空的回答。</translation>
    </message>
    <message>
        <source>{host} sent more than any answer has, so the connection was closed.</source>
        <translation>{host} 发来的内容超过了任何回答的长度，因此已关闭连接。</translation>
    </message>
    <message>
        <source>{host} sends on to {target}, which is another server, so nothing was sent there.</source>
        <translation>{host} 转向另一台服务器 {target}，因此没有向那里发送任何内容。</translation>
    </message>
    <message>
        <source>Ask whoever runs the proxy, or take it out of the settings of the system.</source>
        <translation>请询问代理的管理者，或在系统设置中移除代理。</translation>
    </message>
    <message>
        <source>{host} closed the connection before it answered.</source>
        <translation>{host} 在回答之前关闭了连接。</translation>
    </message>
    <message>
        <source>{host} cannot be reached: {why}.</source>
        <translation>无法连接到 {host}：{why}。</translation>
    </message>
    <message>
        <source>No server answers at {host}.</source>
        <translation>{host} 没有服务器应答。</translation>
    </message>
    <message>
        <source>The proxy of this system does not let us to {host}.</source>
        <translation>系统代理不允许连接到 {host}。</translation>
    </message>
    <message>
        <source>{host} cannot be reached.</source>
        <translation>无法连接到 {host}。</translation>
    </message>
    <message>
        <source>Tell whoever runs the server; without a valid certificate nothing is sent.</source>
        <translation>请告知服务器的管理者；没有有效证书就不会发送任何内容。</translation>
    </message>
    <message>
        <source>Begin the address with http if the server is on this machine or in your own network.</source>
        <translation>如果服务器在本机或您自己的网络中，请让地址以 http 开头。</translation>
    </message>
    <message>
        <source>{host} cannot prove that it is {host_again}: its certificate is not valid.</source>
        <translation>{host} 无法证明自己是 {host_again}：其证书无效。</translation>
    </message>
    <message>
        <source>{host} does not encrypt as https demands.</source>
        <translation>{host} 没有按 https 的要求加密。</translation>
    </message>
    <message>
        <source>There is no host called {host}.</source>
        <translation>没有名为 {host} 的主机。</translation>
    </message>
    <message>
        <source>The list of connections cannot be written: {why}.</source>
        <translation>无法写入连接列表：{why}。</translation>
    </message>
    <message>
        <source>Nothing was sent. Free some space, and see that {path} can be written.</source>
        <translation>没有发送任何内容。请腾出空间，并确保 {path} 可写。</translation>
    </message>
    <message>
        <source>The key holds until the program ends, and is asked for again then.</source>
        <translation>密钥在程序结束前有效，之后会再次询问。</translation>
    </message>
    <message>
        <source>Adapters cannot be applied to the model of a server.</source>
        <translation>服务器上的模型不能使用适配器。</translation>
    </message>
    <message>
        <source>Open a model of this machine.</source>
        <translation>请打开本机上的模型。</translation>
    </message>
    <message>
        <source>Choose an adapter that was made for this model.</source>
        <translation>请选择为这个模型制作的适配器。</translation>
    </message>
    <message>
        <source>a LoRA adapter</source>
        <translation>LoRA 适配器</translation>
    </message>
    <message>
        <source>a control vector</source>
        <translation>控制向量</translation>
    </message>
    <message>
        <source>Choose another .gguf file.</source>
        <translation>请选择另一个 .gguf 文件。</translation>
    </message>
    <message>
        <source>Choose an adapter for it.</source>
        <translation>请为它选择一个适配器。</translation>
    </message>
    <message>
        <source>{name} is neither a LoRA adapter nor a control vector.</source>
        <translation>{name} 既不是 LoRA 适配器，也不是控制向量。</translation>
    </message>
    <message>
        <source>Choose a LoRA adapter.</source>
        <translation>请选择 LoRA 适配器。</translation>
    </message>
    <message>
        <source>Choose a plain LoRA adapter.</source>
        <translation>请选择普通的 LoRA 适配器。</translation>
    </message>
    <message>
        <source>{name} is no sound adapter.</source>
        <translation>{name} 不是完好的适配器。</translation>
    </message>
    <message>
        <source>Give the first layer before the last one.</source>
        <translation>请先写起始层，再写结束层。</translation>
    </message>
    <message>
        <source>{path} is a folder, not an adapter.</source>
        <translation>{path} 是文件夹，不是适配器。</translation>
    </message>
    <message>
        <source>Choose another adapter, or download it again.</source>
        <translation>请选择另一个适配器，或重新下载。</translation>
    </message>
    <message>
        <source>{name} is a model, not an adapter.</source>
        <translation>{name} 是模型，不是适配器。</translation>
    </message>
    <message>
        <source>{name} is {kind}, not {wanted}.</source>
        <translation>{name} 是{kind}，不是{wanted}。</translation>
    </message>
    <message>
        <source>Choose it as {kind}.</source>
        <translation>请把它作为{kind}选择。</translation>
    </message>
    <message>
        <source>{name} cannot work from layer {first} to layer {last}.</source>
        <translation>{name} 不能作用于第 {first} 层到第 {last} 层。</translation>
    </message>
    <message>
        <source>Choose from the layers 1 to {most} of this model.</source>
        <translation>请在这个模型的第 1 到 {most} 层中选择。</translation>
    </message>
    <message>
        <source>{name} is an adapter of an unknown kind: {kind}.</source>
        <translation>{name} 是未知类型的适配器：{kind}。</translation>
    </message>
    <message>
        <source>{name} is an activated LoRA, which works only behind words of its own.</source>
        <translation>{name} 是激活式 LoRA，只在特定的词之后起作用。</translation>
    </message>
    <message>
        <source>{name} has nothing in it.</source>
        <translation>{name} 里什么也没有。</translation>
    </message>
    <message>
        <source>{name} has numbers of the type {type}, which cannot be used here.</source>
        <translation>{name} 中的数是 {type} 类型，在这里不能使用。</translation>
    </message>
    <message>
        <source>Convert it again, to {types}.</source>
        <translation>请重新转换为 {types}。</translation>
    </message>
    <message>
        <source>{name} is for models of the architecture {wanted}, but {model} is of {given}.</source>
        <translation>{name} 适用于 {wanted} 架构的模型，而 {model} 是 {given} 架构。</translation>
    </message>
    <message>
        <source>Choose another adapter, or a model in another format.</source>
        <translation>请选择另一个适配器，或另一种格式的模型。</translation>
    </message>
    <message>
        <source>The scale {scale} of {name} is out of range.</source>
        <translation>{name} 的强度 {scale} 超出范围。</translation>
    </message>
    <message>
        <source>Give a number from {least} to {most}.</source>
        <translation>请给出 {least} 到 {most} 之间的数。</translation>
    </message>
    <message>
        <source>{name} is not whole: one of two parts for {tensor} is missing.</source>
        <translation>{name} 不完整：{tensor} 的两部分缺了一部分。</translation>
    </message>
    <message>
        <source>{name} changes {tensor}, which {model} does not have.</source>
        <translation>{name} 要改动 {tensor}，而 {model} 没有它。</translation>
    </message>
    <message>
        <source>{name} changes {tensor} of {model}, which llama.cpp cannot do.</source>
        <translation>{name} 要改动 {model} 的 {tensor}，llama.cpp 做不到。</translation>
    </message>
    <message>
        <source>{name} does not fit {model}: {tensor} has another shape there.</source>
        <translation>{name} 不适合 {model}：那里的 {tensor} 形状不同。</translation>
    </message>
    <message>
        <source>{name} has a direction for layer {layer}, but {model} has layers 1 to {most} for that.</source>
        <translation>{name} 有第 {layer} 层的方向，而 {model} 可用的是第 1 到 {most} 层。</translation>
    </message>
    <message>
        <source>{name} does not fit {model}: its directions have {given} numbers, not {wanted}.</source>
        <translation>{name} 不适合 {model}：它的方向有 {given} 个数，应为 {wanted} 个。</translation>
    </message>
    <message>
        <source>Download it again, or choose another adapter.</source>
        <translation>请重新下载，或选择另一个适配器。</translation>
    </message>
    <message>
        <source>Choose it once.</source>
        <translation>请只选一次。</translation>
    </message>
    <message>
        <source>The control vectors are too strong together.</source>
        <translation>这些控制向量合起来太强。</translation>
    </message>
    <message>
        <source>Choose smaller scales.</source>
        <translation>请选择较小的强度。</translation>
    </message>
    <message>
        <source>There is not enough memory for a control vector.</source>
        <translation>内存不够放控制向量。</translation>
    </message>
    <message>
        <source>The adapter was cut off while it was read.</source>
        <translation>适配器在读取时被截断。</translation>
    </message>
    <message>
        <source>Try again.</source>
        <translation>请再试一次。</translation>
    </message>
    <message>
        <source>{name} has broken numbers in {tensor}.</source>
        <translation>{name} 的 {tensor} 中有损坏的数。</translation>
    </message>
    <message>
        <source>{name} was chosen twice.</source>
        <translation>{name} 被选了两次。</translation>
    </message>
    <message>
        <source>Choose a smaller adapter, or a smaller model.</source>
        <translation>请选择较小的适配器或较小的模型。</translation>
    </message>
    <message>
        <source>llama.cpp cannot use {name} with {model}.</source>
        <translation>llama.cpp 不能把 {name} 用于 {model}。</translation>
    </message>
    <message>
        <source>Put the file of the model back, then load it again.</source>
        <translation>请把模型文件放回原处，再重新加载。</translation>
    </message>
    <message>
        <source>Load a model of this machine.</source>
        <translation>请加载本机上的模型。</translation>
    </message>
    <message>
        <source>control vector</source>
        <translation>控制向量</translation>
    </message>
    <message>
        <source>The picture is damaged.</source>
        <translation>图片已损坏。</translation>
    </message>
    <message>
        <source>Open it in a picture program, save it as PNG or JPEG, and attach that.</source>
        <translation>请在图片程序中打开，另存为 PNG 或 JPEG，再附加它。</translation>
    </message>
    <message>
        <source>Make it smaller; models see little more than 2000 pixels a side.</source>
        <translation>请把它缩小；模型每边能看到的不过 2000 像素左右。</translation>
    </message>
    <message>
        <source>Models look at PNG, JPEG, GIF and BMP pictures alone.</source>
        <translation>模型只看 PNG、JPEG、GIF 和 BMP 图片。</translation>
    </message>
    <message>
        <source>The picture is too large: {width} x {height} pixels.</source>
        <translation>图片太大：{width} x {height} 像素。</translation>
    </message>
    <message>
        <source>The picture is too large: {size} MB.</source>
        <translation>图片太大：{size} MB。</translation>
    </message>
    <message>
        <source>Attach one of at most {most} MB.</source>
        <translation>请附加不超过 {most} MB 的图片。</translation>
    </message>
    <message>
        <source>llama.cpp could not make a vector of the text.</source>
        <translation>llama.cpp 无法把文本变成向量。</translation>
    </message>
    <message>
        <source>Load the model again, or choose another one.</source>
        <translation>请重新加载模型，或选择另一个。</translation>
    </message>
    <message>
        <source>Choose an embedding model.</source>
        <translation>请选择嵌入模型。</translation>
    </message>
    <message>
        <source>Leave it out.</source>
        <translation>请去掉它。</translation>
    </message>
    <message>
        <source>Cut it into parts, or load the model with a larger context, as far as it was trained for one.</source>
        <translation>请把它分成几段，或在模型训练长度之内用更大的上下文加载。</translation>
    </message>
    <message>
        <source>{name} judges how well two texts match and makes no vectors.</source>
        <translation>{name} 用来判断两段文本是否匹配，不生成向量。</translation>
    </message>
    <message>
        <source>There is not enough memory for vectors of {name} from {count} tokens.</source>
        <translation>内存不足，{name} 无法用 {count} 个词元生成向量。</translation>
    </message>
    <message>
        <source>Text {number} is empty.</source>
        <translation>第 {number} 段文本是空的。</translation>
    </message>
    <message>
        <source>Text {number} has {count} tokens, but at most {most} make a vector.</source>
        <translation>第 {number} 段文本有 {count} 个词元，但一个向量最多容纳 {most} 个。</translation>
    </message>
    <message>
        <source>Choose a model that answers.</source>
        <translation>请选择会回答的模型。</translation>
    </message>
    <message>
        <source>Put its mmproj file beside it and load it again, or take the picture out.</source>
        <translation>请把它的 mmproj 文件放在旁边并重新加载，或去掉图片。</translation>
    </message>
    <message>
        <source>{name} compares texts and writes none.</source>
        <translation>{name} 用来比较文本，不会写作。</translation>
    </message>
    <message>
        <source>{name} cannot look at pictures: it has no projector.</source>
        <translation>{name} 不能看图片：它没有投影器。</translation>
    </message>
    <message>
        <source>Download it again, or update desktopchat; without pictures the model answers all the same.</source>
        <translation>请重新下载，或更新 desktopchat；没有图片时模型照样回答。</translation>
    </message>
    <message>
        <source>A picture is missing.</source>
        <translation>缺少一张图片。</translation>
    </message>
    <message>
        <source>Ask again.</source>
        <translation>请再问一次。</translation>
    </message>
    <message>
        <source>Choose the one that came with the model.</source>
        <translation>请选择随模型提供的那个。</translation>
    </message>
    <message>
        <source>The projector {name} is damaged or of a kind that this llama.cpp does not know.</source>
        <translation>投影器 {name} 已损坏，或是此 llama.cpp 不认识的类型。</translation>
    </message>
    <message>
        <source>Choose another projector.</source>
        <translation>请选择另一个投影器。</translation>
    </message>
    <message>
        <source>Take it out, or save it again in a picture program and attach that.</source>
        <translation>请去掉它，或在图片程序中重新保存后再附加。</translation>
    </message>
    <message>
        <source>The model cannot make anything of a picture of this size.</source>
        <translation>模型无法处理这种尺寸的图片。</translation>
    </message>
    <message>
        <source>Take it out, or attach it in another size.</source>
        <translation>请去掉它，或换一种尺寸附加。</translation>
    </message>
    <message>
        <source>This backend has no library for pictures.</source>
        <translation>此后端没有处理图片的库。</translation>
    </message>
    <message>
        <source>Choose another backend, or take the picture out.</source>
        <translation>请选择另一个后端，或去掉图片。</translation>
    </message>
    <message>
        <source>{name} is the projector of another model than {model}.</source>
        <translation>{name} 不是 {model} 的投影器，而是另一个模型的。</translation>
    </message>
    <message>
        <source>{name} is not for pictures.</source>
        <translation>{name} 不是用于图片的。</translation>
    </message>
    <message>
        <source>A picture takes {count} tokens, which must be read at once.</source>
        <translation>一张图片占 {count} 个词元，必须一次读完。</translation>
    </message>
    <message>
        <source>Load the model with a batch of more than {most} tokens.</source>
        <translation>请用大于 {most} 个词元的批次加载模型。</translation>
    </message>
    <message>
        <source>The pictures of this conversation have {size} MB together.</source>
        <translation>此对话的图片合计 {size} MB。</translation>
    </message>
    <message>
        <source>Start a new conversation; at most {most} MB are looked at.</source>
        <translation>请开始新的对话；最多看 {most} MB 的图片。</translation>
    </message>
    <message>
        <source>A picture did not reach the engine.</source>
        <translation>有一张图片没有送到引擎。</translation>
    </message>
    <message>
        <source>Choose the mmproj file that came with the model.</source>
        <translation>请选择随模型提供的 mmproj 文件。</translation>
    </message>
    <message>
        <source>{name} is no projector.</source>
        <translation>{name} 不是投影器。</translation>
    </message>
    <message>
        <source>There are several projectors for {model}: {names}.</source>
        <translation>{model} 有多个投影器：{names}。</translation>
    </message>
    <message>
        <source>The projector {name} is damaged: its {key} is {value}.</source>
        <translation>投影器 {name} 已损坏：其 {key} 为 {value}。</translation>
    </message>
    <message>
        <source>{name} is here and is what the hub says it is.</source>
        <translation>{name} 已下载完成，内容与模型库所述一致。</translation>
    </message>
    <message>
        <source>{name} is here; the hub has no hash to verify it by.</source>
        <translation>{name} 已下载完成；模型库没有提供用于校验的哈希值。</translation>
    </message>
    <message>
        <source>{name} was not downloaded.</source>
        <translation>{name} 没有下载成功。</translation>
    </message>
    <message>
        <source>{host} answers in {seconds} s.</source>
        <translation>{host} 在 {seconds} 秒内应答。</translation>
    </message>
    <message>
        <source>{host} answers in {seconds} s, and knows the token of {account}.</source>
        <translation>{host} 在 {seconds} 秒内应答，并认得 {account} 的令牌。</translation>
    </message>
    <message>
        <source>The keyring keeps the token for {host}.</source>
        <translation>密钥环已保存 {host} 的令牌。</translation>
    </message>
    <message>
        <source>{done} of {size}</source>
        <translation>{done}，共 {size}</translation>
    </message>
    <message>
        <source>{speed} kB/s</source>
        <translation>{speed} kB/s</translation>
    </message>
    <message>
        <source>{days} days left</source>
        <translation>剩余 {days} 天</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent}%</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>{speed} GB/s</source>
        <translation>{speed} GB/s</translation>
    </message>
    <message>
        <source>{speed} MB/s</source>
        <translation>{speed} MB/s</translation>
    </message>
    <message>
        <source>{seconds} s left</source>
        <translation>剩余 {seconds} 秒</translation>
    </message>
    <message>
        <source>{minutes} min left</source>
        <translation>剩余 {minutes} 分钟</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min left</source>
        <translation>剩余 {hours} 小时 {minutes} 分钟</translation>
    </message>
    <message>
        <source>again in {seconds} s</source>
        <translation>{seconds} 秒后重试</translation>
    </message>
    <message>
        <source>queued</source>
        <translation>排队中</translation>
    </message>
    <message>
        <source>verifying</source>
        <translation>正在校验</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Write it like owner/name.</source>
        <translation>请写成 owner/name 的形式。</translation>
    </message>
    <message>
        <source>“{text}” is no name of a repository.</source>
        <translation>“{text}”不是仓库名称。</translation>
    </message>
    <message>
        <source>{done} of {size} are here and are kept; start it again and it goes on from there.</source>
        <translation>已保留下载的 {done}（共 {size}）；重新开始后会从那里继续。</translation>
    </message>
    <message>
        <source>It may have been changed this minute. Look at the repository anew, or use another hub.</source>
        <translation>它可能刚刚被更改。请重新查看仓库，或使用另一个模型库。</translation>
    </message>
    <message>
        <source>Choose another hub or mirror.</source>
        <translation>请选择另一个模型库或镜像。</translation>
    </message>
    <message>
        <source>{name} should have {wanted} bytes, but {host} sends {size}.</source>
        <translation>{name} 应有 {wanted} 字节，但 {host} 发送了 {size} 字节。</translation>
    </message>
    <message>
        <source>{host} sends {name} compressed, which was not asked for.</source>
        <translation>{host} 发送了压缩过的 {name}，但并没有这样请求。</translation>
    </message>
    <message>
        <source>Check the disk, and start it again.</source>
        <translation>请检查磁盘，然后重新开始。</translation>
    </message>
    <message>
        <source>{name} is damaged or was changed: its SHA-256 is not that of the hub.</source>
        <translation>{name} 已损坏或被更改：其 SHA-256 与模型库的不符。</translation>
    </message>
    <message>
        <source>It is kept as {aside} and not used. Start again, and it is fetched anew.</source>
        <translation>它以 {aside} 保留，不会被使用。重新开始后会重新下载。</translation>
    </message>
    <message>
        <source>The link that {host} gave out for {name} has expired.</source>
        <translation>{host} 为 {name} 提供的链接已过期。</translation>
    </message>
    <message>
        <source>{name} cannot be read again: {why}.</source>
        <translation>无法重新读取 {name}：{why}。</translation>
    </message>
    <message>
        <source>The program is set to be offline.</source>
        <translation>程序已设为离线。</translation>
    </message>
    <message>
        <source>Move it away, or give it another name; then start again.</source>
        <translation>请将它移走或改名，然后重新开始。</translation>
    </message>
    <message>
        <source>Another file is called {path}.</source>
        <translation>已有另一个文件名为 {path}。</translation>
    </message>
    <message>
        <source>{name} cannot be written: {why}.</source>
        <translation>无法写入 {name}：{why}。</translation>
    </message>
    <message>
        <source>What came is kept. See that {folder} can be written to, and start it again.</source>
        <translation>已下载的部分会保留。请确保 {folder} 可写，然后重新开始。</translation>
    </message>
    <message>
        <source>There is no room left for {name}: {rest} are missing.</source>
        <translation>没有足够的空间存放 {name}：还缺 {rest}。</translation>
    </message>
    <message>
        <source>What came is kept. Free some space in {folder}, and start it again.</source>
        <translation>已下载的部分会保留。请在 {folder} 中腾出空间，然后重新开始。</translation>
    </message>
    <message>
        <source>{name} cannot be deleted: {why}.</source>
        <translation>无法删除 {name}：{why}。</translation>
    </message>
    <message>
        <source>See that {folder} can be written to.</source>
        <translation>请确保 {folder} 可写。</translation>
    </message>
    <message>
        <source>Wait for it, or end it there first.</source>
        <translation>请等待其完成，或先在那里结束它。</translation>
    </message>
    <message>
        <source>Another desktopchat is downloading {name}.</source>
        <translation>另一个 desktopchat 正在下载 {name}。</translation>
    </message>
    <message>
        <source>Choose another file; this one was named to do harm, or by mistake.</source>
        <translation>请选择另一个文件；这个文件的名称有害或有误。</translation>
    </message>
    <message>
        <source>Put a folder in the place of the link, and start again.</source>
        <translation>请用文件夹替换该链接，然后重新开始。</translation>
    </message>
    <message>
        <source>No model here may be called “{name}”.</source>
        <translation>这里的模型不能名为“{name}”。</translation>
    </message>
    <message>
        <source>{folder} leads out of the folder of the models.</source>
        <translation>{folder} 指向模型文件夹之外。</translation>
    </message>
    <message>
        <source>{name} would be mixed up with {other}, which is already there.</source>
        <translation>{name} 会与已有的 {other} 混淆。</translation>
    </message>
    <message>
        <source>Move that file away, or give it another name; it lies in {folder}.</source>
        <translation>请将该文件移走或改名；它位于 {folder}。</translation>
    </message>
    <message>
        <source>See whether the disk is there.</source>
        <translation>请检查磁盘是否存在。</translation>
    </message>
    <message>
        <source>The downloads take {size} more, but only {free} are free in {folder}.</source>
        <translation>下载还需要 {size}，但 {folder} 中只有 {free} 可用。</translation>
    </message>
    <message>
        <source>Free some space, so that {reserve} stay free after them.</source>
        <translation>请腾出空间，使下载后仍有 {reserve} 可用。</translation>
    </message>
    <message>
        <source>{folder} cannot be used: {why}.</source>
        <translation>无法使用 {folder}：{why}。</translation>
    </message>
    <message>
        <source>Check the disk.</source>
        <translation>请检查磁盘。</translation>
    </message>
    <message>
        <source>Use another server; this one is not set up well.</source>
        <translation>请使用另一个服务器；这个服务器设置有误。</translation>
    </message>
    <message>
        <source>Try again later, or use another server.</source>
        <translation>请稍后再试，或使用另一个服务器。</translation>
    </message>
    <message>
        <source>{host} sends on to {target}, which is not a safe place, so nothing was asked there.</source>
        <translation>{host} 转向 {target}，那里不安全，因此没有向其发出请求。</translation>
    </message>
    <message>
        <source>{host} sends on from one address to the next for ever.</source>
        <translation>{host} 无休止地从一个地址转向另一个地址。</translation>
    </message>
    <message>
        <source>Model hub</source>
        <translation>模型库</translation>
    </message>
    <message>
        <source>Updates</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>Speed of downloads</source>
        <translation>下载速度</translation>
    </message>
    <message>
        <source>Answer programs</source>
        <translation>回答程序</translation>
    </message>
    <message>
        <source>Port for programs</source>
        <translation>供程序使用的端口</translation>
    </message>
    <message>
        <source>Other machines may ask</source>
        <translation>其他机器可提问</translation>
    </message>
    <message>
        <source>Names of the model</source>
        <translation>模型的名称</translation>
    </message>
    <message>
        <source>Bare prompts</source>
        <translation>不带对话的提示</translation>
    </message>
    <message>
        <source>OpenAI&apos;s open model. It thinks before it answers, and computes with a few of its experts at a time, so it is quick for its size.</source>
        <translation>OpenAI 的开放模型。先思考再回答，每次只用少数专家计算，因此相对其大小速度很快。</translation>
    </message>
    <message>
        <source>The large one of OpenAI&apos;s open models, for a machine with 80 GB of memory or more.</source>
        <translation>OpenAI 开放模型中较大的一个，适合内存 80 GB 以上的机器。</translation>
    </message>
    <message>
        <source>The model of 2019 that began it all. It goes on with a text and answers no questions; good to see how such models work.</source>
        <translation>2019 年开启这一切的模型。它只会续写文本，不回答问题；适合了解这类模型如何工作。</translation>
    </message>
    <message>
        <source>Runs on any computer, and speaks Chinese as well as English.</source>
        <translation>任何电脑都能运行，中英文俱佳。</translation>
    </message>
    <message>
        <source>The best start on a laptop with 8 GB; it can think before it answers.</source>
        <translation>8 GB 笔记本电脑的最佳起点；可以先思考再回答。</translation>
    </message>
    <message>
        <source>For a GPU with 8 GB; good at Chinese, reasoning and tools.</source>
        <translation>适合 8 GB 的 GPU；擅长中文、推理和工具调用。</translation>
    </message>
    <message>
        <source>A mixture of experts: as much knowledge as a large model, nearly as quick as a small one, also without a GPU.</source>
        <translation>混合专家模型：知识如大模型，速度近小模型，没有 GPU 也可以。</translation>
    </message>
    <message>
        <source>Writes and explains programs, and fits into 8 GB.</source>
        <translation>编写和解释程序，8 GB 即可容纳。</translation>
    </message>
    <message>
        <source>Small and quick; for summaries and short questions.</source>
        <translation>小而快；适合摘要和简短的问题。</translation>
    </message>
    <message>
        <source>Meta&apos;s model for laptops; follows instructions well in eight languages.</source>
        <translation>Meta 为笔记本电脑设计的模型；能很好地遵循八种语言的指令。</translation>
    </message>
    <message>
        <source>Known everywhere, with a context of 128 thousand tokens; many models are made from it.</source>
        <translation>广为人知，上下文 12.8 万个词元；许多模型以它为基础。</translation>
    </message>
    <message>
        <source>Google&apos;s smallest for chatting; quick on any computer.</source>
        <translation>Google 最小的聊天模型；在任何电脑上都很快。</translation>
    </message>
    <message>
        <source>Looks at pictures, and knows more than 140 languages.</source>
        <translation>能看图片，懂 140 多种语言。</translation>
    </message>
    <message>
        <source>Looks at pictures and writes well, for a GPU with 12 GB.</source>
        <translation>能看图片，文笔好，适合 12 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Plain, quick and free to use for anything.</source>
        <translation>朴实、快速，可自由用于任何用途。</translation>
    </message>
    <message>
        <source>Good at stories and at European languages.</source>
        <translation>擅长写故事和欧洲语言。</translation>
    </message>
    <message>
        <source>A strong one for a GPU with 16 to 24 GB.</source>
        <translation>适合 16 至 24 GB GPU 的强大模型。</translation>
    </message>
    <message>
        <source>Microsoft&apos;s small model; good at logic, less at facts.</source>
        <translation>微软的小模型；擅长逻辑，事实稍弱。</translation>
    </message>
    <message>
        <source>Arithmetic and reasoning in little memory, with a long context.</source>
        <translation>占用内存少，能算术和推理，上下文长。</translation>
    </message>
    <message>
        <source>Mathematics and reasoning, for a GPU with 12 GB.</source>
        <translation>数学与推理，适合 12 GB 的 GPU。</translation>
    </message>
    <message>
        <source>Tiny: answers at once on any computer, often wrong.</source>
        <translation>极小：在任何电脑上立即回答，但常常出错。</translation>
    </message>
    <message>
        <source>The larger brother of the starter model; all of how it was trained is public.</source>
        <translation>入门模型的大哥；其训练过程完全公开。</translation>
    </message>
    <message>
        <source>Thinks when it is told to, and is wholly open: data, training and weights.</source>
        <translation>按需思考，完全开放：数据、训练和权重。</translation>
    </message>
    <message>
        <source>Makes vectors of texts, to compare and to find them; it does not answer.</source>
        <translation>把文本变成向量，用于比较和查找；它不回答问题。</translation>
    </message>
    <message>
        <source>That was stopped.</source>
        <translation>已停止。</translation>
    </message>
    <message>
        <source>See whether the address is that of a model hub: desktopchat models endpoint test.</source>
        <translation>请查看该地址是否为模型库：desktopchat models endpoint test。</translation>
    </message>
    <message>
        <source>{host} sent something that no model hub sends.</source>
        <translation>{host} 发来的内容不是模型库会发送的。</translation>
    </message>
    <message>
        <source>Give one of your account there: “Token of the model hub” in the menu, or desktopchat models token set.</source>
        <translation>请提供您在那里的账户令牌：菜单中的“模型库的令牌”，或 desktopchat models token set。</translation>
    </message>
    <message>
        <source>Look at the page in a browser; a token of your account may help.</source>
        <translation>请在浏览器中查看其页面；您账户的令牌也许有用。</translation>
    </message>
    <message>
        <source>{repo} is given only to those who have accepted its terms.</source>
        <translation>{repo} 只提供给已接受其条款的人。</translation>
    </message>
    <message>
        <source>Look at it anew.</source>
        <translation>请重新查看。</translation>
    </message>
    <message>
        <source>Mend its name, or give the token of an account that may see it.</source>
        <translation>请改正名称，或提供有权查看的账户令牌。</translation>
    </message>
    <message>
        <source>Try again in a moment, or use another hub: desktopchat models endpoint.</source>
        <translation>请稍后再试，或改用另一个模型库：desktopchat models endpoint。</translation>
    </message>
    <message>
        <source>Take some of the filters away.</source>
        <translation>请减少筛选条件。</translation>
    </message>
    <message>
        <source>Mend the address: desktopchat models endpoint.</source>
        <translation>请改正地址：desktopchat models endpoint。</translation>
    </message>
    <message>
        <source>{host} refuses this (status {status}).</source>
        <translation>{host} 拒绝了请求（状态 {status}）。</translation>
    </message>
    <message>
        <source>{host} takes no more questions for {seconds} s.</source>
        <translation>{host} 在 {seconds} 秒内不再接受请求。</translation>
    </message>
    <message>
        <source>{host} takes no more questions for now.</source>
        <translation>{host} 目前不再接受请求。</translation>
    </message>
    <message>
        <source>Try again then.</source>
        <translation>请到时再试。</translation>
    </message>
    <message>
        <source>Try again then; a token raises the limit.</source>
        <translation>请到时再试；提供令牌可提高限额。</translation>
    </message>
    <message>
        <source>Accept them at {page} with the account whose token you gave, and wait until that is granted.</source>
        <translation>请用该令牌的账户在 {page} 接受条款，并等待批准。</translation>
    </message>
    <message>
        <source>Accept them at {page}, then give a token: in the menu, or by desktopchat models token set.</source>
        <translation>请在 {page} 接受条款，然后提供令牌：通过菜单，或 desktopchat models token set。</translation>
    </message>
    <message>
        <source>{host} does not know this token.</source>
        <translation>{host} 不认得此令牌。</translation>
    </message>
    <message>
        <source>{repo} has changed, and does not have this file any more.</source>
        <translation>{repo} 已更改，不再有此文件。</translation>
    </message>
    <message>
        <source>There is no repository called {repo} at {host}, or it is private.</source>
        <translation>{host} 上没有名为 {repo} 的仓库，或它是私有的。</translation>
    </message>
    <message>
        <source>{host} wants to know who asks.</source>
        <translation>{host} 要求说明请求者身份。</translation>
    </message>
    <message>
        <source>{host} has taken {repo} down.</source>
        <translation>{host} 已下架 {repo}。</translation>
    </message>
    <message>
        <source>{host} has trouble of its own (status {status}).</source>
        <translation>{host} 自身出现故障（状态 {status}）。</translation>
    </message>
    <message>
        <source>{host} does not understand this search.</source>
        <translation>{host} 不理解此搜索。</translation>
    </message>
    <message>
        <source>{host} is no model hub.</source>
        <translation>{host} 不是模型库。</translation>
    </message>
    <message>
        <source>{variable} is set in the environment and goes before the settings.</source>
        <translation>环境变量 {variable} 已设置，优先于设置。</translation>
    </message>
    <message>
        <source>{name} is in the trash; emptying it frees {size}.</source>
        <translation>{name} 已移入回收站；清空后可释放 {size}。</translation>
    </message>
    <message>
        <source>Nobody wrote down what {name} should be.</source>
        <translation>没有关于 {name} 应有内容的记录。</translation>
    </message>
    <message>
        <source>{words} Its SHA-256 is {hash}.</source>
        <translation>{words}它的 SHA-256 是 {hash}。</translation>
    </message>
    <message>
        <source>{count} models of {folder} are in the list now.</source>
        <translation>{folder} 中的 {count} 个模型已列入。</translation>
    </message>
    <message>
        <source>{size} are free again.</source>
        <translation>已释放 {size}。</translation>
    </message>
    <message>
        <source>{name} is back.</source>
        <translation>{name} 已恢复。</translation>
    </message>
    <message>
        <source>There is nothing in the trash.</source>
        <translation>回收站是空的。</translation>
    </message>
    <message>
        <source>{name} is what it should be.</source>
        <translation>{name} 完好无损。</translation>
    </message>
    <message>
        <source>{name} is damaged; download it again.</source>
        <translation>{name} 已损坏；请重新下载。</translation>
    </message>
    <message>
        <source>See that its folder can be written to and its disk has room.</source>
        <translation>请确认其文件夹可写且磁盘有空间。</translation>
    </message>
    <message>
        <source>{path} belongs to another program: {program}.</source>
        <translation>{path} 属于另一个程序：{program}。</translation>
    </message>
    <message>
        <source>{path} cannot be replaced: {why}.</source>
        <translation>无法替换 {path}：{why}。</translation>
    </message>
    <message>
        <source>Look for duplicates again.</source>
        <translation>请重新查找重复文件。</translation>
    </message>
    <message>
        <source>{path} has changed since it was compared.</source>
        <translation>{path} 在比较之后已改变。</translation>
    </message>
    <message>
        <source>Make room or make the folder writable, and try again.</source>
        <translation>请腾出空间或使文件夹可写，然后重试。</translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation>请选择另一个文件夹。</translation>
    </message>
    <message>
        <source>Choose an empty folder, or a new one.</source>
        <translation>请选择空文件夹或新文件夹。</translation>
    </message>
    <message>
        <source>Free some space there, or choose another disk.</source>
        <translation>请在那里腾出空间，或选择另一块磁盘。</translation>
    </message>
    <message>
        <source>Start it again.</source>
        <translation>请重新开始。</translation>
    </message>
    <message>
        <source>{target} and {models} lie in each other.</source>
        <translation>{target} 与 {models} 互相包含。</translation>
    </message>
    <message>
        <source>{target} is no folder.</source>
        <translation>{target} 不是文件夹。</translation>
    </message>
    <message>
        <source>{target} is not empty.</source>
        <translation>{target} 不是空的。</translation>
    </message>
    <message>
        <source>{target} has {free} free, and {needed} are needed.</source>
        <translation>{target} 有 {free} 可用，而需要 {needed}。</translation>
    </message>
    <message>
        <source>{path} was not written as it was read.</source>
        <translation>{path} 写入的内容与读取的不一致。</translation>
    </message>
    <message>
        <source>Wait for it, or pause it; then start again.</source>
        <translation>请等它完成或将其暂停，然后重新开始。</translation>
    </message>
    <message>
        <source>They are still used where they are. Mend that, and start it again.</source>
        <translation>模型仍在原处使用。请解决此问题后重新开始。</translation>
    </message>
    <message>
        <source>Something has changed in {folder} in the meantime.</source>
        <translation>{folder} 中的内容在此期间发生了变化。</translation>
    </message>
    <message>
        <source>{path} is being downloaded.</source>
        <translation>{path} 正在下载。</translation>
    </message>
    <message>
        <source>The models cannot be moved to {target}: {why}.</source>
        <translation>无法将模型移动到 {target}：{why}。</translation>
    </message>
    <message>
        <source>Choose a folder with .gguf files in it.</source>
        <translation>请选择含有 .gguf 文件的文件夹。</translation>
    </message>
    <message>
        <source>There is no model in {folder}.</source>
        <translation>{folder} 中没有模型。</translation>
    </message>
    <message>
        <source>{name} comes with an adapter, which is not applied.</source>
        <translation>{name} 附带一个适配器，但未应用。</translation>
    </message>
    <message>
        <source>Remove it there: ollama rm {name}.</source>
        <translation>请在那里删除：ollama rm {name}。</translation>
    </message>
    <message>
        <source>Another program may use it; say that you mean it, or only stop showing its folder.</source>
        <translation>其他程序可能正在使用它；请确认要删除，或只是不再显示其文件夹。</translation>
    </message>
    <message>
        <source>Not everything in the trash could be deleted.</source>
        <translation>回收站中有些内容无法删除。</translation>
    </message>
    <message>
        <source>See that its files may be deleted.</source>
        <translation>请确认其中的文件可以删除。</translation>
    </message>
    <message>
        <source>{name} belongs to another program: {program}.</source>
        <translation>{name} 属于另一个程序：{program}。</translation>
    </message>
    <message>
        <source>{name} is not in our own folder, but at {path}.</source>
        <translation>{name} 不在我们自己的文件夹中，而在 {path}。</translation>
    </message>
    <message>
        <source>See that its folder can be written to, and that no program has it open.</source>
        <translation>请确认其文件夹可写，并且没有程序打开它。</translation>
    </message>
    <message>
        <source>Move it away, and try again.</source>
        <translation>请将它移走，然后重试。</translation>
    </message>
    <message>
        <source>{path} cannot be moved: {why}.</source>
        <translation>无法移动 {path}：{why}。</translation>
    </message>
    <message>
        <source>Remove it there.</source>
        <translation>请在那里删除。</translation>
    </message>
    <message>
        <source>Folder of the models</source>
        <translation>模型文件夹</translation>
    </message>
    <message>
        <source>Looking at the models</source>
        <translation>正在查看模型</translation>
    </message>
    <message>
        <source>Making {name}</source>
        <translation>正在生成 {name}</translation>
    </message>
    <message>
        <source>{name} is made: {before} became {after}.</source>
        <translation>{name} 已生成：{before} 变为 {after}。</translation>
    </message>
    <message>
        <source>Making {name} smaller</source>
        <translation>正在缩小 {name}</translation>
    </message>
    <message>
        <source>Verifying the models</source>
        <translation>正在校验模型</translation>
    </message>
    <message>
        <source>Looking for models that are here twice</source>
        <translation>正在查找重复的模型</translation>
    </message>
    <message>
        <source>The links can become files of their own again.</source>
        <translation>链接可以重新变为独立的文件。</translation>
    </message>
    <message>
        <source>Comparing the copies</source>
        <translation>正在比较副本</translation>
    </message>
    <message>
        <source>Looking for newer versions</source>
        <translation>正在查找新版本</translation>
    </message>
    <message>
        <source>The newest version is here: {names}. The old one is in the trash.</source>
        <translation>已是最新版本：{names}。旧版本在回收站中。</translation>
    </message>
    <message>
        <source>Fetching newer versions</source>
        <translation>正在下载新版本</translation>
    </message>
    <message>
        <source>Copying</source>
        <translation>正在复制</translation>
    </message>
    <message>
        <source>{count} files are in {folder} now.</source>
        <translation>{folder} 中现有 {count} 个文件。</translation>
    </message>
    <message>
        <source>Moving the models</source>
        <translation>正在移动模型</translation>
    </message>
    <message>
        <source>Reading {name}</source>
        <translation>正在读取 {name}</translation>
    </message>
    <message>
        <source>These are damaged: {names}.</source>
        <translation>以下模型已损坏：{names}。</translation>
    </message>
    <message>
        <source>Delete them, and download them again.</source>
        <translation>请删除它们并重新下载。</translation>
    </message>
    <message>
        <source>{sound} models are what they should be; of {unknown} nobody wrote down what they should be.</source>
        <translation>{sound} 个模型完好；{unknown} 个没有可供核对的记录。</translation>
    </message>
    <message>
        <source>Fetching {name}</source>
        <translation>正在下载 {name}</translation>
    </message>
    <message>
        <source>There is no link to undo.</source>
        <translation>没有可撤销的链接。</translation>
    </message>
    <message>
        <source>{count} files are files of their own again.</source>
        <translation>{count} 个文件重新成为独立的文件。</translation>
    </message>
    <message>
        <source>No model is here twice.</source>
        <translation>没有重复的模型。</translation>
    </message>
    <message>
        <source>The hub has no newer version of any model.</source>
        <translation>模型库中没有任何模型的新版本。</translation>
    </message>
    <message>
        <source>Asking for {name}</source>
        <translation>正在询问 {name}</translation>
    </message>
    <message>
        <source>set aside</source>
        <translation>已搁置</translation>
    </message>
    <message>
        <source>{name} does not match its header: it has {size}, but only {promised} are described there.</source>
        <translation>{name} 与其文件头不符：它有 {size}，但其中只描述了 {promised}。</translation>
    </message>
    <message>
        <source>Take the same model in F16 or BF16.</source>
        <translation>请使用同一模型的 F16 或 BF16 版本。</translation>
    </message>
    <message>
        <source>Move it away, or give the new one another name.</source>
        <translation>请将它移开，或给新文件另起名称。</translation>
    </message>
    <message>
        <source>Free some space, or choose another disk.</source>
        <translation>请释放一些空间，或选择另一个磁盘。</translation>
    </message>
    <message>
        <source>{quant} needs an importance matrix, which is not made here.</source>
        <translation>{quant} 需要重要性矩阵，这里不生成。</translation>
    </message>
    <message>
        <source>{quant} is no type of numbers.</source>
        <translation>{quant} 不是数值类型。</translation>
    </message>
    <message>
        <source>{name} is quantized already; made smaller again it would lose twice.</source>
        <translation>{name} 已经量化；再次缩小会有双重损失。</translation>
    </message>
    <message>
        <source>{path} is there already.</source>
        <translation>{path} 已存在。</translation>
    </message>
    <message>
        <source>{path} may need {size}, which are not free.</source>
        <translation>{path} 可能需要 {size}，但没有这么多可用空间。</translation>
    </message>
    <message>
        <source>See that its disk has room.</source>
        <translation>请确认其磁盘有空间。</translation>
    </message>
    <message>
        <source>it was not what the hub said it would be</source>
        <translation>与模型库所述不符</translation>
    </message>
    <message>
        <source>the beginning of another version</source>
        <translation>另一个版本的开头部分</translation>
    </message>
    <message>
        <source>nobody knows what it is the beginning of</source>
        <translation>不知道它是哪个文件的开头部分</translation>
    </message>
    <message>
        <source>Give the same rows again, or write another file.</source>
        <translation>请再次给出相同的行，或写入另一个文件。</translation>
    </message>
    <message>
        <source>Choose another place, or free some space; the same command goes on then.</source>
        <translation>请换一个位置或腾出一些空间，之后用同一命令继续。</translation>
    </message>
    <message>
        <source>Wait until it has ended, or write another file.</source>
        <translation>请等它结束，或写入另一个文件。</translation>
    </message>
    <message>
        <source>{path} has other columns than {name} asks for.</source>
        <translation>{path} 的列与 {name} 所要求的不同。</translation>
    </message>
    <message>
        <source>Another program writes {path}.</source>
        <translation>另一个程序正在写入 {path}。</translation>
    </message>
    <message>
        <source>Row {number} of {path} does not come from row {same} of {name}.</source>
        <translation>{path} 的第 {number} 行并非来自 {name} 的第 {same} 行。</translation>
    </message>
    <message>
        <source>Mend that line.</source>
        <translation>请修正该行。</translation>
    </message>
    <message>
        <source>Write one object a line.</source>
        <translation>请每行写一个对象。</translation>
    </message>
    <message>
        <source>Save the file as text in UTF-8.</source>
        <translation>请将文件保存为 UTF-8 文本。</translation>
    </message>
    <message>
        <source>Its first line must name the columns.</source>
        <translation>第一行必须写明各列的名称。</translation>
    </message>
    <message>
        <source>Rename one of them.</source>
        <translation>请给其中一个改名。</translation>
    </message>
    <message>
        <source>Line {line} of {name} is no sound JSON object.</source>
        <translation>{name} 的第 {line} 行不是有效的 JSON 对象。</translation>
    </message>
    <message>
        <source>Save the file as UTF-8.</source>
        <translation>请将文件保存为 UTF-8。</translation>
    </message>
    <message>
        <source>Line {line} of {name} has a NUL character in it.</source>
        <translation>{name} 的第 {line} 行含有 NUL 字符。</translation>
    </message>
    <message>
        <source>{name} has two columns called “{column}”.</source>
        <translation>{name} 有两列都叫“{column}”。</translation>
    </message>
    <message>
        <source>Put fields with commas or line breaks in them into double quotes.</source>
        <translation>请将含有逗号或换行的字段放进双引号。</translation>
    </message>
    <message>
        <source>Line {line} of {name} is not in UTF-8.</source>
        <translation>{name} 的第 {line} 行不是 UTF-8 编码。</translation>
    </message>
    <message>
        <source>The row in line {line} of {name} has {count} fields, where the header has {wanted}.</source>
        <translation>{name} 第 {line} 行的数据有 {count} 个字段，而表头有 {wanted} 个。</translation>
    </message>
    <message>
        <source>The row in line {line} of {name} is no sound CSV.</source>
        <translation>{name} 第 {line} 行的数据不是有效的 CSV。</translation>
    </message>
    <message>
        <source>Line {line} of {name} has over {most} characters.</source>
        <translation>{name} 的第 {line} 行超过 {most} 个字符。</translation>
    </message>
    <message>
        <source>Line {line} of {name} has “{column}” twice.</source>
        <translation>{name} 的第 {line} 行有两个“{column}”。</translation>
    </message>
    <message>
        <source>This is the safe mode: the settings are as they come, and the CPU computes alone.</source>
        <translation>这是安全模式：使用默认设置，仅由 CPU 计算。</translation>
    </message>
    <message>
        <source>What you set now holds until the window is closed.</source>
        <translation>现在的设置仅在关闭窗口之前有效。</translation>
    </message>
    <message>
        <source>desktopchat fell over the last time; everything that was said is kept.</source>
        <translation>desktopchat 上次意外退出；所有对话内容都已保留。</translation>
    </message>
    <message>
        <source>What happened is in {path}, without a word of a conversation; it goes nowhere unless you send it.</source>
        <translation>经过记录在 {path} 中，不含任何对话内容；除非您自己发送，否则不会发往任何地方。</translation>
    </message>
    <message>
        <source>The window needs {name}, which this system lacks.</source>
        <translation>窗口需要 {name}，而此系统中没有。</translation>
    </message>
    <message>
        <source>Type: sudo apt-get install {package}</source>
        <translation>请输入：sudo apt-get install {package}</translation>
    </message>
    <message>
        <source>Wait for its end.</source>
        <translation>请等它结束。</translation>
    </message>
    <message>
        <source>The samples gave way to an answer.</source>
        <translation>样本让位给了一个回答。</translation>
    </message>
    <message>
        <source>Draw them again after it.</source>
        <translation>请在它之后重新生成。</translation>
    </message>
    <message>
        <source>An answer is being written; this waits for its end.</source>
        <translation>正在写一个回答；这里等它结束。</translation>
    </message>
    <message>
        <source>{amount} mWh</source>
        <translation>{amount} 毫瓦时</translation>
    </message>
    <message>
        <source>estimated ({least} to {most} W)</source>
        <translation>估算（{least} 到 {most} 瓦）</translation>
    </message>
    <message>
        <source>{amount} kWh</source>
        <translation>{amount} 千瓦时</translation>
    </message>
    <message>
        <source>{amount} Wh</source>
        <translation>{amount} 瓦时</translation>
    </message>
    <message>
        <source>measured (RAPL)</source>
        <translation>实测（RAPL）</translation>
    </message>
    <message>
        <source>estimated ({watts} W)</source>
        <translation>估算（{watts} 瓦）</translation>
    </message>
    <message>
        <source>The model gives no probabilities.</source>
        <translation>模型没有给出概率。</translation>
    </message>
    <message>
        <source>Load it again, or choose another model.</source>
        <translation>请重新加载它，或选择另一个模型。</translation>
    </message>
    <message>
        <source>Watts while it answers</source>
        <translation>回答时的瓦数</translation>
    </message>
    <message>
        <source>Price of prompt tokens</source>
        <translation>提示词元的价格</translation>
    </message>
    <message>
        <source>Price of generated tokens</source>
        <translation>生成词元的价格</translation>
    </message>
    <message>
        <source>Currency</source>
        <translation>货币</translation>
    </message>
    <message>
        <source>The branch that is shown has no question that this could answer.</source>
        <translation>当前分支没有它可以回答的问题。</translation>
    </message>
    <message>
        <source>Ask one first.</source>
        <translation>请先提一个问题。</translation>
    </message>
    <message>
        <source>This message stands at the end of the branch that is shown already, or beside it.</source>
        <translation>这条消息已经在当前分支的末尾，或与末尾并列。</translation>
    </message>
    <message>
        <source>Show the branch that it is to go to, then take it over.</source>
        <translation>请先显示要放入的分支，再带过去。</translation>
    </message>
    <message>
        <source>This message cannot be edited.</source>
        <translation>这条消息不能编辑。</translation>
    </message>
    <message>
        <source>The answer is empty.</source>
        <translation>回答是空的。</translation>
    </message>
    <message>
        <source>Type something, or delete it.</source>
        <translation>请输入内容，或删除它。</translation>
    </message>
</context>
<context>
    <name>SentenceList</name>
    <message>
        <source>Sentences of the answer</source>
        <translation>回答的句子</translation>
    </message>
    <message>
        <source>{agreeing} of {count} agree</source>
        <translation>{count} 个中 {agreeing} 个一致</translation>
    </message>
</context>
<context>
    <name>ServerCommands</name>
    <message>
        <source>Use a model of a server</source>
        <translation>使用服务器上的模型</translation>
    </message>
    <message>
        <source>The address of an OpenAI-compatible server, like localhost:8080 or https://api.example.com/v1. What you write then goes there.</source>
        <translation>OpenAI 兼容服务器的地址，例如 localhost:8080 或 https://api.example.com/v1。之后您写的内容会发送到那里。</translation>
    </message>
    <message>
        <source>Type to narrow the list, or an address</source>
        <translation>输入以缩小列表，或输入地址</translation>
    </message>
    <message>
        <source>No server is remembered.</source>
        <translation>没有记住任何服务器。</translation>
    </message>
    <message>
        <source>Forget a server and its key</source>
        <translation>忘记服务器及其密钥</translation>
    </message>
    <message>
        <source>The key is kept in the keyring of the system, and sent to {host} alone.</source>
        <translation>密钥保存在系统密钥环中，并且只发送给 {host}。</translation>
    </message>
    <message>
        <source>Key for a server</source>
        <translation>服务器密钥</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>密钥</translation>
    </message>
    <message>
        <source>Models of {host}</source>
        <translation>{host} 的模型</translation>
    </message>
    <message>
        <source>No connection was made yet.</source>
        <translation>还没有建立过连接。</translation>
    </message>
    <message>
        <source>Connections that were made</source>
        <translation>建立过的连接</translation>
    </message>
    <message>
        <source>Asking {host} for its models</source>
        <translation>正在向 {host} 询问模型</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 词元</translation>
    </message>
</context>
<context>
    <name>ShelfCommands</name>
    <message numerus="yes">
        <source>{count} conversations</source>
        <translation>
            <numerusform>{count} 个对话</numerusform>
        </translation>
    </message>
    <message>
        <source>No folder</source>
        <translation>无文件夹</translation>
    </message>
    <message>
        <source>back to the list</source>
        <translation>返回列表</translation>
    </message>
    <message>
        <source>Move to folder</source>
        <translation>移动到文件夹</translation>
    </message>
    <message>
        <source>Tags in use: {tags}</source>
        <translation>使用中的标签：{tags}</translation>
    </message>
    <message>
        <source>Tags, with commas between them</source>
        <translation>标签，用逗号分隔</translation>
    </message>
    <message>
        <source>Note about “{title}”</source>
        <translation>“{title}”的备注</translation>
    </message>
</context>
<context>
    <name>ShelfController</name>
    <message>
        <source>Pinned to the top.</source>
        <translation>已置顶。</translation>
    </message>
    <message>
        <source>No longer pinned.</source>
        <translation>已取消置顶。</translation>
    </message>
    <message>
        <source>Moved to the archive.</source>
        <translation>已归档。</translation>
    </message>
    <message>
        <source>Back from the archive.</source>
        <translation>已从归档中移回。</translation>
    </message>
    <message>
        <source>The message was deleted.</source>
        <translation>消息已删除。</translation>
    </message>
    <message>
        <source>The conversation was deleted.</source>
        <translation>对话已删除。</translation>
    </message>
    <message>
        <source>The folder was deleted with the conversations in it.</source>
        <translation>文件夹及其中的对话已删除。</translation>
    </message>
    <message>
        <source>The trash is empty.</source>
        <translation>回收站是空的。</translation>
    </message>
    <message>
        <source>There is nothing to undo.</source>
        <translation>没有可撤销的操作。</translation>
    </message>
    <message>
        <source>“{title}” is back.</source>
        <translation>已恢复“{title}”。</translation>
    </message>
    <message>
        <source>New conversation</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Moved.</source>
        <translation>已移动。</translation>
    </message>
    <message>
        <source>In no folder any more.</source>
        <translation>已移出文件夹。</translation>
    </message>
</context>
<context>
    <name>Shell</name>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
</context>
<context>
    <name>SideView</name>
    <message>
        <source>Tokens</source>
        <translation>词元</translation>
    </message>
    <message>
        <source>{tokens} tokens for {letters} characters: {each} for each</source>
        <translation>{letters} 个字符用了 {tokens} 个词元：每个字符 {each} 个</translation>
    </message>
    <message>
        <source>goes on below</source>
        <translation>在下面继续</translation>
    </message>
</context>
<context>
    <name>SizeHint</name>
    <message>
        <source>An estimate: {free} of the {total} of {gpu} are free. They hold a model file of up to {size}, some {parameters} billion parameters at 4 bits, which would write at least {speed} tokens a second.</source>
        <translation>估计：{gpu} 的 {total} 显存中有 {free} 空闲，可容纳最大 {size} 的模型文件（4 位时约 {parameters}B 参数），每秒至少生成 {speed} 个词元。</translation>
    </message>
    <message>
        <source>An estimate: {free} of this computer&apos;s {total} of memory are free. A model file of up to {size}, some {parameters} billion parameters at 4 bits, would write about {speed} tokens a second.</source>
        <translation>估计：这台电脑的 {total} 内存中有 {free} 空闲。最大 {size} 的模型文件（4 位时约 {parameters}B 参数）每秒约生成 {speed} 个词元。</translation>
    </message>
    <message>
        <source>Larger ones fit, but write more slowly than one reads.</source>
        <translation>更大的也放得下，但生成速度会慢于阅读速度。</translation>
    </message>
    <message>
        <source>Its answers would be far better than those of this tiny one.</source>
        <translation>它的回答会比这个微型模型好得多。</translation>
    </message>
    <message>
        <source>{key} opens a GGUF file that you have.</source>
        <translation>{key} 打开你已有的 GGUF 文件。</translation>
    </message>
</context>
<context>
    <name>StartWindow</name>
    <message>
        <source>Let the keyring of the system remember it</source>
        <translation>让系统密钥环记住密码</translation>
    </message>
    <message>
        <source>The conversations are locked</source>
        <translation>对话已加密</translation>
    </message>
    <message>
        <source>The file of the conversations is damaged</source>
        <translation>对话文件已损坏</translation>
    </message>
    <message>
        <source>What can be read is being saved into a new one. The damaged file is kept.</source>
        <translation>正在将可读取的内容保存到新文件。损坏的文件会保留。</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Status</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>{key} find anything</source>
        <translation>{key} 查找</translation>
    </message>
    <message>
        <source>{key} keys</source>
        <translation>{key} 快捷键</translation>
    </message>
    <message>
        <source>{speed} tok/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
    <message>
        <source>first token {seconds} s</source>
        <translation>首词元 {seconds} 秒</translation>
    </message>
    <message>
        <source>{used} of {size} tokens</source>
        <translation>{used} / {size} 词元</translation>
    </message>
    <message>
        <source>saved</source>
        <translation>已保存</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>无模型</translation>
    </message>
</context>
<context>
    <name>StoreCare</name>
    <message>
        <source>Backed up as {name}.</source>
        <translation>已备份为 {name}。</translation>
    </message>
    <message>
        <source>The conversations are those of {when} again.</source>
        <translation>对话已恢复到 {when} 的状态。</translation>
    </message>
    <message>
        <source>Restoring {name} undoes it.</source>
        <translation>恢复 {name} 可撤销此操作。</translation>
    </message>
    <message>
        <source>The conversations are sound.</source>
        <translation>对话数据完好。</translation>
    </message>
    <message>
        <source>Checking …</source>
        <translation>正在检查…</translation>
    </message>
    <message>
        <source>The conversations are locked with the passphrase.</source>
        <translation>对话已用密码加密。</translation>
    </message>
    <message numerus="yes">
        <source>{count} files can still be read without the passphrase.</source>
        <translation>
            <numerusform>仍有 {count} 个文件无需密码即可读取。</numerusform>
        </translation>
    </message>
    <message>
        <source>No backup can be read without the passphrase any more.</source>
        <translation>没有密码就无法再读取任何备份。</translation>
    </message>
    <message>
        <source>The passphrase was changed.</source>
        <translation>密码已更改。</translation>
    </message>
    <message>
        <source>The conversations are no longer locked.</source>
        <translation>对话不再加密。</translation>
    </message>
    <message>
        <source>The keyring has forgotten the passphrase.</source>
        <translation>密钥环已不再记住密码。</translation>
    </message>
    <message>
        <source>The keyring keeps no passphrase.</source>
        <translation>密钥环中没有保存密码。</translation>
    </message>
    <message numerus="yes">
        <source>{words} {count} backups stay as they are.</source>
        <translation>
            <numerusform>{words}{count} 个备份保持不变。</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StoreCommands</name>
    <message>
        <source>All conversations are encrypted, with the search index and the backups. The passphrase is asked for at each start. Nothing else opens them, and nobody can send it to you: if you forget it, they are lost.</source>
        <translation>所有对话连同搜索索引和备份都会加密。每次启动都会要求输入密码。没有其他方法能够打开，也没有人能为你找回：忘记密码，对话就会丢失。</translation>
    </message>
    <message>
        <source>The backups get the new one too.</source>
        <translation>备份也会改用新密码。</translation>
    </message>
    <message>
        <source>The conversations and their backups can be read by whoever has the files then.</source>
        <translation>之后，任何拿到文件的人都能读取对话及其备份。</translation>
    </message>
    <message>
        <source>There is no backup yet.</source>
        <translation>还没有备份。</translation>
    </message>
    <message>
        <source>The command “Back up now” makes one.</source>
        <translation>使用“立即备份”命令创建备份。</translation>
    </message>
    <message>
        <source>Restore a backup</source>
        <translation>恢复备份</translation>
    </message>
    <message>
        <source>daily</source>
        <translation>每日</translation>
    </message>
    <message>
        <source>by hand</source>
        <translation>手动</translation>
    </message>
    <message>
        <source>before an update</source>
        <translation>更新前</translation>
    </message>
    <message>
        <source>set aside by a restore</source>
        <translation>恢复时保留</translation>
    </message>
    <message>
        <source>set aside as damaged</source>
        <translation>因损坏而保留</translation>
    </message>
    <message>
        <source>under another passphrase</source>
        <translation>使用其他密码</translation>
    </message>
    <message>
        <source>cannot be read</source>
        <translation>无法读取</translation>
    </message>
    <message>
        <source>{conversations} conversations · {messages} messages</source>
        <translation>{conversations} 个对话 · {messages} 条消息</translation>
    </message>
    <message numerus="yes">
        <source>{count} backups can still be read without the passphrase</source>
        <translation>
            <numerusform>仍有 {count} 个备份无需密码即可读取</numerusform>
        </translation>
    </message>
    <message>
        <source>Encrypt them too</source>
        <translation>一并加密</translation>
    </message>
    <message>
        <source>Remove them</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>there is no way back</source>
        <translation>无法恢复</translation>
    </message>
    <message>
        <source>Keep them as they are</source>
        <translation>保持不变</translation>
    </message>
    <message>
        <source>whoever has the files can read them</source>
        <translation>任何拿到文件的人都能读取</translation>
    </message>
</context>
<context>
    <name>TemplateChoice</name>
    <message>
        <source>Auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关</translation>
    </message>
    <message>
        <source>Low</source>
        <translation>低</translation>
    </message>
    <message>
        <source>Medium</source>
        <translation>中</translation>
    </message>
    <message>
        <source>High</source>
        <translation>高</translation>
    </message>
</context>
<context>
    <name>TemplateChoices</name>
    <message>
        <source>Thinking</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Reasoning effort</source>
        <translation>推理强度</translation>
    </message>
</context>
<context>
    <name>TemplateCommands</name>
    <message>
        <source>Thinking</source>
        <translation>思考</translation>
    </message>
    <message>
        <source>Reasoning effort</source>
        <translation>推理强度</translation>
    </message>
    <message>
        <source>The one of the model file</source>
        <translation>模型文件自带的</translation>
    </message>
    <message>
        <source>From a file…</source>
        <translation>来自文件…</translation>
    </message>
    <message>
        <source>None: continue plain text</source>
        <translation>无：续写纯文本</translation>
    </message>
    <message>
        <source>in use</source>
        <translation>使用中</translation>
    </message>
    <message>
        <source>Chat template</source>
        <translation>对话模板</translation>
    </message>
    <message>
        <source>Chat templates (*.jinja *.jinja2 *.txt);;All files (*)</source>
        <translation>对话模板 (*.jinja *.jinja2 *.txt);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Open a chat template</source>
        <translation>打开对话模板</translation>
    </message>
    <message>
        <source>“Hello” is put to {model} like this:</source>
        <translation>“Hello”会这样交给 {model}：</translation>
    </message>
</context>
<context>
    <name>TextEntry</name>
    <message>
        <source>Enter keeps it, Shift+Enter begins a line</source>
        <translation>Enter 保存，Shift+Enter 换行</translation>
    </message>
    <message>
        <source>Enter keeps it</source>
        <translation>Enter 保存</translation>
    </message>
    <message>
        <source>{keys} · Esc cancels</source>
        <translation>{keys} · Esc 取消</translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>{key} undoes it.</source>
        <translation>按 {key} 撤销。</translation>
    </message>
</context>
<context>
    <name>TokenStrip</name>
    <message>
        <source>… {count} more</source>
        <translation>… 还有 {count} 个</translation>
    </message>
</context>
<context>
    <name>TokenText</name>
    <message>
        <source>Answer, token by token</source>
        <translation>逐词元显示的回答</translation>
    </message>
</context>
<context>
    <name>TranscriptView</name>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Messages of the open conversation; Alt+Up and Alt+Down move between them</source>
        <translation>当前对话的消息；按 Alt+Up 和 Alt+Down 在消息间移动</translation>
    </message>
</context>
<context>
    <name>TransferCommands</name>
    <message>
        <source>Conversations (*.json *.jsonl *.zip *.chat *.md *.txt);;All files (*)</source>
        <translation>对话 (*.json *.jsonl *.zip *.chat *.md *.txt);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Import conversations</source>
        <translation>导入对话</translation>
    </message>
    <message>
        <source>the branch that is shown</source>
        <translation>当前显示的分支</translation>
    </message>
    <message>
        <source>all branches</source>
        <translation>所有分支</translation>
    </message>
    <message>
        <source>Export as</source>
        <translation>导出为</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
</context>
<context>
    <name>TransferController</name>
    <message>
        <source>Importing … Esc stops.</source>
        <translation>正在导入… 按 Esc 停止。</translation>
    </message>
    <message>
        <source>Exported to {path}.</source>
        <translation>已导出到 {path}。</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Ask…</source>
        <translation>提问…</translation>
    </message>
    <message>
        <source>Show or hide</source>
        <translation>显示或隐藏</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>UpdateCard</name>
    <message>
        <source>Updates</source>
        <translation>更新</translation>
    </message>
    <message>
        <source>Asking for the newest version…</source>
        <translation>正在询问最新版本…</translation>
    </message>
    <message>
        <source>Asking {host} for the newest version…</source>
        <translation>正在向 {host} 询问最新版本…</translation>
    </message>
    <message>
        <source>{name}, {size} bytes
{address}
SHA-256 {hash}</source>
        <translation>{name}，{size} 字节
{address}
SHA-256 {hash}</translation>
    </message>
    <message>
        <source>Nothing was fetched. Install it as you did this one; your conversations stay where they are.</source>
        <translation>没有下载任何东西。请像安装此版本那样安装它；您的对话会保留在原处。</translation>
    </message>
    <message>
        <source>Copy the address of {name}</source>
        <translation>复制 {name} 的地址</translation>
    </message>
</context>
<context>
    <name>UpdateCommands</name>
    <message>
        <source>The address of {name} is in the clipboard.</source>
        <translation>{name} 的地址已在剪贴板中。</translation>
    </message>
</context>
<context>
    <name>VersionsCard</name>
    <message>
        <source>Versions side by side</source>
        <translation>并排查看版本</translation>
    </message>
    <message>
        <source>Left and Right go to the next version</source>
        <translation>左右键切换版本</translation>
    </message>
    <message>
        <source>Up and Down scroll</source>
        <translation>上下键滚动</translation>
    </message>
    <message>
        <source>Enter shows its branch</source>
        <translation>Enter 显示它的分支</translation>
    </message>
    <message>
        <source>Esc goes back</source>
        <translation>Esc 返回</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>已删除</translation>
    </message>
    <message>
        <source>Version {number} of {count} is chosen</source>
        <translation>已选第 {number} 个版本，共 {count} 个</translation>
    </message>
</context>
<context>
    <name>WindowCommands</name>
    <message>
        <source>Answer copied.</source>
        <translation>已复制回答。</translation>
    </message>
    <message>
        <source>Code copied.</source>
        <translation>已复制代码。</translation>
    </message>
    <message>
        <source>There is no code in this answer.</source>
        <translation>这个回答中没有代码。</translation>
    </message>
    <message>
        <source>Open a model</source>
        <translation>打开模型</translation>
    </message>
    <message>
        <source>Models (*.gguf);;All files (*)</source>
        <translation>模型 (*.gguf);;所有文件 (*)</translation>
    </message>
    <message>
        <source>The theme follows the system.</source>
        <translation>主题跟随系统。</translation>
    </message>
    <message>
        <source>Light theme.</source>
        <translation>浅色主题。</translation>
    </message>
    <message>
        <source>Dark theme.</source>
        <translation>深色主题。</translation>
    </message>
    <message>
        <source>High contrast.</source>
        <translation>高对比度。</translation>
    </message>
    <message>
        <source>Compact.</source>
        <translation>紧凑。</translation>
    </message>
    <message>
        <source>Comfortable.</source>
        <translation>宽松。</translation>
    </message>
    <message>
        <source>No model was loaded yet, so there is nothing to tell of its memory.</source>
        <translation>尚未加载过模型，因此没有内存情况可说。</translation>
    </message>
    <message>
        <source>Version {version}

A chat with models that run on this computer. Nothing leaves it unless you ask.

Apache License 2.0</source>
        <translation>版本 {version}

与本机运行的模型对话。未经你的要求，任何内容都不会离开这台电脑。

Apache License 2.0</translation>
    </message>
</context>
<context>
    <name>_EntryDelegate</name>
    <message>
        <source>conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>setting</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>parameter</source>
        <translation>参数</translation>
    </message>
    <message>
        <source>message</source>
        <translation>消息</translation>
    </message>
    <message>
        <source>prompt</source>
        <translation>提示词</translation>
    </message>
</context>
<context>
    <name>_HitDelegate</name>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Attachment</source>
        <translation>附件</translation>
    </message>
    <message>
        <source>You</source>
        <translation>你</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>version {place} of {count}</source>
        <translation>版本 {place} / {count}</translation>
    </message>
    <message>
        <source>archived</source>
        <translation>已归档</translation>
    </message>
    <message>
        <source>in the trash</source>
        <translation>在回收站中</translation>
    </message>
</context>
<context>
    <name>_RowDelegate</name>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
</context>
</TS>
