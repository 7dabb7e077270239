import { Tabs as Radix } from "radix-ui";
import type { ReactNode } from "react";

interface Props<V extends string> {
  readonly label: string;
  readonly value: V;
  readonly tabs: readonly { readonly value: V; readonly name: ReactNode; readonly content: ReactNode }[];
  readonly onChoose: (value: V) => void;
}

export function Tabs<V extends string>({ label, value, tabs, onChoose }: Props<V>) {
  return (
    <Radix.Root className="tabs" value={value} onValueChange={(chosen) => onChoose(chosen as V)}>
      <Radix.List className="tab-list" aria-label={label}>
        {tabs.map((tab) => (
          <Radix.Trigger key={tab.value} className="tab" value={tab.value}>
            {tab.name}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} className="tab-content" value={tab.value}>
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
