// A screen that fails must not take the rest with it, and never the edits: those are in the worker and in the database.
import { Component, type ErrorInfo, type ReactNode } from 'react';
import { ErrorNotice } from '../ui/notices';

interface FailureProps {
  /** Another address is another try. */
  address: string;
  children: ReactNode;
}

interface FailureState {
  error: Error | null;
  address: string;
}

export class Failure extends Component<FailureProps, FailureState> {
  override state: FailureState = { error: null, address: this.props.address };

  static getDerivedStateFromError(error: unknown): Partial<FailureState> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  static getDerivedStateFromProps(props: FailureProps, state: FailureState): FailureState | null {
    return props.address === state.address ? null : { error: null, address: props.address };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="page">
        <ErrorNotice failed="This screen failed" error={{ code: error.name, detail: error.message }}
          advice="Your edits are safe: they are kept and sent as before. Load the page again; if it stays, report the message above.">
          <button type="button" className="button" onClick={() => window.location.reload()}>Load again</button>
        </ErrorNotice>
      </div>
    );
  }
}
