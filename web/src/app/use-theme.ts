import { useEffect } from 'react';
import { usePreference } from '../ui/preferences';

export function useTheme(): void {
  const [theme] = usePreference('theme', 'system');
  const [density] = usePreference('density', 'comfortable');
  useEffect(() => {
    const { dataset } = document.documentElement;
    if (theme === 'light' || theme === 'dark') dataset['theme'] = theme;
    else delete dataset['theme'];
    dataset['density'] = density;
  }, [theme, density]);
}
