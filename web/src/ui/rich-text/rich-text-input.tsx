// The editor comes when a form asks for it: lists and dashboards do without.
import { lazy, Suspense } from 'react';
import type { RichTextEditorProps } from './rich-text-editor';

const Editor = lazy(() => import('./rich-text-editor'));

export function RichTextInput(props: RichTextEditorProps) {
  return (
    <Suspense fallback={<div className="input" aria-busy="true" />}>
      <Editor {...props} />
    </Suspense>
  );
}
