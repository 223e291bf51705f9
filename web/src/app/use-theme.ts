import { useEffect } from 'react';
import { densityName, usePreference } from '../ui/preferences';

export function useTheme(user: string | null): void {
  const [theme] = usePreference('theme', 'system');
  const [density] = usePreference(densityName(user), 'comfortable');
  useEffect(() => {
    const { dataset } = document.documentElement;
    if (theme === 'light' || theme === 'dark') dataset['theme'] = theme;
    else delete dataset['theme'];
    dataset['density'] = density;
  }, [theme, density]);
}
