// The browser's own editing of a small document; what leaves it is built anew from what is allowed.
import { useEffect, useLayoutEffect, useRef, useState, type ClipboardEvent, type DragEvent } from 'react';
import { Icon } from '../icon';
import { fill, isBlank, nodesOf, readRich, safeHref, writeRich } from './clean';
import { RichTextView } from './rich-text-view';
import './rich-text.css';

export interface RichTextEditorProps {
  value: string;
  onChange: (html: string) => void;
  id?: string | undefined;
  label?: string | undefined;
  labelledBy?: string | undefined;
  describedBy?: string | undefined;
  invalid?: boolean | undefined;
  disabled?: boolean | undefined;
  placeholder?: string | undefined;
  marks?: Record<string, string> | undefined;
}

// No other way of editing a selection is there in every browser; the word "deprecated" has stood beside it for ten years.
const command = (name: string, value?: string): boolean => document.execCommand(name, false, value);

const TOOLS = [
  { name: 'bold', label: 'Bold', face: <b>B</b> },
  { name: 'italic', label: 'Italic', face: <i>I</i> },
  { name: 'underline', label: 'Underline', face: <u>U</u> },
  { name: 'insertUnorderedList', label: 'Bulleted list', face: '• List' },
  { name: 'insertOrderedList', label: 'Numbered list', face: '1. List' },
] as const;

export default function RichTextEditor(props: RichTextEditorProps) {
  const { value, onChange, disabled } = props;
  const [preview, setPreview] = useState(false);
  const [linking, setLinking] = useState<string | null>(null);
  const area = useRef<HTMLDivElement>(null);
  /** What the area stands for: it is filled again only when something else is to be shown. */
  const shown = useRef<string | null>(null);
  const selection = useRef<Range | null>(null);
  useLayoutEffect(() => {
    if (!area.current || shown.current === value) return;
    shown.current = value;
    fill(area.current, readRich(value));
  }, [value, preview]);
  useEffect(() => {
    command('defaultParagraphSeparator', 'p');
    command('styleWithCSS', 'false');
  }, []);
  const told = () => {
    if (!area.current) return;
    const nodes = nodesOf(area.current);
    const html = isBlank(nodes) ? '' : writeRich(nodes);
    if (html === shown.current) return;
    shown.current = html;
    onChange(html);
  };
  const insert = (data: DataTransfer) => {
    const html = data.getData('text/html');
    const text = data.getData('text/plain');
    const nodes = html ? readRich(html) : null;
    if (nodes && !isBlank(nodes)) command('insertHTML', writeRich(nodes));
    else if (text) command('insertText', text);
    told();
  };
  const paste = (event: ClipboardEvent) => {
    event.preventDefault();
    insert(event.clipboardData);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    insert(event.dataTransfer);
  };
  const run = (name: string, argument?: string) => {
    area.current?.focus();
    command(name, argument);
    told();
  };
  const askForLink = () => {
    const current = document.getSelection();
    const range = current && current.rangeCount > 0 ? current.getRangeAt(0) : null;
    selection.current = range && area.current?.contains(range.commonAncestorContainer) ? range.cloneRange() : null;
    setLinking('https://');
  };
  const link = () => {
    const href = safeHref(linking);
    const range = selection.current;
    if (href === null || !area.current) return;
    setLinking(null);
    area.current.focus();
    const current = document.getSelection();
    if (range && current) {
      current.removeAllRanges();
      current.addRange(range);
    }
    if (!range || range.collapsed) command('insertHTML', writeRich([{ tag: 'a', href, children: [{ tag: '', text: href }] }]));
    else command('createLink', href);
    told();
  };
  const keep = (event: { preventDefault: () => void }) => event.preventDefault();
  return (
    <div className={`rich-editor ${props.invalid ? 'invalid' : ''} ${preview || linking !== null ? 'busy' : ''}`}>
      {disabled ? null : (
        <div className="rich-tools row" role="toolbar" aria-label="Format">
          {TOOLS.map((tool) => (
            <button key={tool.name} type="button" className="button quiet small" aria-label={tool.label} title={tool.label} disabled={preview}
              onMouseDown={keep} onClick={() => run(tool.name)}>{tool.face}</button>
          ))}
          <select className="input" aria-label="Paragraph" disabled={preview} value="" onChange={(event) => run('formatBlock', event.target.value)}>
            <option value="" disabled>Paragraph</option>
            <option value="p">Plain</option>
            <option value="h2">Heading</option>
            <option value="h3">Smaller heading</option>
          </select>
          <button type="button" className="button quiet small" disabled={preview} onMouseDown={keep} onClick={askForLink}>Link</button>
          <button type="button" className="button quiet small" disabled={preview} onMouseDown={keep} onClick={() => run('unlink')}>Unlink</button>
          <button type="button" className="button quiet small" disabled={preview} onMouseDown={keep} onClick={() => run('removeFormat')}>Plain letters</button>
          <span className="grow" />
          <button type="button" className="button small" aria-pressed={preview} onClick={() => {
            shown.current = null;
            setPreview(!preview);
          }}><Icon name="search" />As readers see it</button>
        </div>
      )}
      {linking === null ? null : (
        <div className="rich-link row">
          <input className="input grow" type="url" aria-label="Address of the link" value={linking} autoFocus aria-invalid={safeHref(linking) === null}
            onChange={(event) => setLinking(event.target.value)} onKeyDown={(event) => {
              if (event.key === 'Enter') link();
              else if (event.key === 'Escape') setLinking(null);
              else return;
              event.preventDefault();
              event.stopPropagation();
            }} />
          <button type="button" className="button small" disabled={safeHref(linking) === null} onClick={link}>Set link</button>
          <button type="button" className="button quiet small" onClick={() => setLinking(null)}>Leave it</button>
        </div>
      )}
      {preview ? <RichTextView html={value} label="Preview" /> : (
        <div ref={area} id={props.id} className="input rich-text rich-area" dir="auto" role="textbox" aria-multiline="true" tabIndex={disabled ? -1 : 0}
          contentEditable={!disabled} suppressContentEditableWarning aria-label={props.label} aria-labelledby={props.labelledBy}
          aria-describedby={props.describedBy} aria-invalid={props.invalid || undefined} aria-disabled={disabled} data-placeholder={props.placeholder}
          onInput={told} onBlur={told} onPaste={paste} onDrop={drop} {...props.marks} />
      )}
    </div>
  );
}
