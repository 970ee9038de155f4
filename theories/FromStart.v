(** The steps of Rates.v from the rates alone: what a claim says of them, of functions that move as the product A of the other
    squares, the sum H of their inverses and the sum H2 of the squares of these do in w, as long as the means compare. *)
From Coq Require Import Reals Arith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Calculus Redundant Rates.
Open Scope R_scope.

Section Motion.
Variables (L : nat) (A H H2 w : R -> R) (sigma0 t : R).
Hypothesis deep : (2 <= L)%nat.
Hypothesis dw : forall s, 0 <= s -> is_derive w s 1.
Hypothesis dA : forall s, 0 <= s -> is_derive A s (A s * H s).
Hypothesis dH : forall s, 0 <= s -> is_derive H s (- H2 s).
Hypothesis w0 : w 0 = 0.
Hypothesis A0 : A 0 = sigma0.
Hypothesis ht : 0 < t.
Hypothesis A_pos : forall s, 0 < s <= t -> 0 < A s.
Hypothesis H_pos : forall s, 0 < s <= t -> 0 < H s.

Let M s := A s * (1 + H s * w s).
Let M' s := A s * H s * (1 + H s * w s) + A s * (- H2 s * w s + H s).
Let p s := A s * w s.
Let least s := INR L * Rpower (/ p s) (2 / INR L) * (INR L - 1).
Let most s := (H s + / w s) ^ 2 - H2 s - / w s ^ 2.
Let E s := M s ^ 2 - INR L ^ 2 * Rpower (p s) (2 - 2 / INR L).
Let E' s := 2 * M s * (M' s - INR L * (INR L - 1) * Rpower (p s) (1 - 2 / INR L)).

Lemma w_is_time s : 0 <= s -> w s = s.
Proof.
  intro hs. enough (w s - s = w 0 - 0) by lra. apply (constant_of_zero_slope (fun r => w r - r) s hs). intros r hr.
  apply (is_derive_to _ _ _ _ (is_derive_minus w (fun r => r) r _ _ (dw r (proj1 hr)) (is_derive_id r))). reals. ring.
Qed.
Lemma p_pos s : 0 < s <= t -> 0 < p s.
Proof. intro hs. apply Rmult_lt_0_compat; [now apply A_pos|rewrite w_is_time; lra]. Qed.
Lemma M_pos s : 0 < s <= t -> 0 < M s.
Proof.
  intro hs. apply Rmult_lt_0_compat; [now apply A_pos|]. rewrite w_is_time by lra.
  assert (0 < H s * s) by (apply Rmult_lt_0_compat; [now apply H_pos|lra]). lra.
Qed.
Lemma is_derive_p s : 0 <= s -> is_derive p s (M s).
Proof.
  intro hs. apply (is_derive_to _ _ _ _ (is_derive_mult A w s _ _ (dA s hs) (dw s hs) (fun a b => Rmult_comm a b))).
  unfold M. reals. ring.
Qed.
Lemma is_derive_M s : 0 <= s -> is_derive M s (M' s).
Proof.
  intro hs. assert (d := is_derive_plus (fun _ => 1) _ s _ _ (is_derive_const 1 s)
    (is_derive_mult H w s _ _ (dH s hs) (dw s hs) (fun a b => Rmult_comm a b))).
  apply (is_derive_to _ _ _ _ (is_derive_mult A _ s _ _ (dA s hs) d (fun a b => Rmult_comm a b))). unfold M'. reals. ring.
Qed.
Lemma is_derive_E s : 0 < s <= t -> is_derive E s (E' s).
Proof.
  intro hs. assert (n := L_large L deep). assert (d := is_derive_p s ltac:(lra)).
  assert (a := is_derive_pow M 2 s _ (is_derive_M s ltac:(lra))).
  assert (b := is_derive_comp (fun x => Rpower x (2 - 2 / INR L)) p s _ _ (is_derive_Rpower _ _ (p_pos s hs)) d).
  apply (is_derive_to _ _ _ _ (is_derive_minus _ _ s _ _ a (is_derive_scal _ s (INR L ^ 2) _ b))).
  unfold E'. replace (2 - 2 / INR L - 1) with (1 - 2 / INR L) by ring. reals. simpl. field. lra.
Qed.
(** The known inequality, multiplied by A w, bounds the slope of M. *)
Lemma slope_of_E s : 0 < s <= t -> E' s = 2 * M s * (p s * (most s - least s)).
Proof.
  intro hs. assert (q := p_pos s hs). assert (a := A_pos s hs). unfold E', least, most.
  rewrite (power_by_inverse (p s) (2 / INR L) q). f_equal. unfold M', p at 1 3. rewrite w_is_time by lra. field. lra.
Qed.

Lemma E_near_0 (eps : posreal) : exists a, 0 < a <= t /\ sigma0 ^ 2 - eps <= E a.
Proof.
  assert (n := L_large L deep). assert (e := cond_pos eps).
  assert (M0 : M 0 = sigma0) by (unfold M; rewrite w0, A0; ring). assert (p0 : p 0 = 0) by (unfold p; rewrite w0; ring).
  assert (he : 0 < eps / 2) by lra.
  assert (hm : 0 < Rmin 1 (eps / (2 * INR L ^ 2))) by (apply Rmin_pos; [lra|apply Rdiv_lt_0_compat; nra]).
  assert (near_M : locally 0 (fun s => Rabs (M s ^ 2 - M 0 ^ 2) < eps / 2)).
  { assert (c := is_derive_continuous _ 0 _ (is_derive_pow M 2 0 _ (is_derive_M 0 (Rle_refl 0)))).
    apply (c (fun y => Rabs (y - M 0 ^ 2) < eps / 2)). exists (mkposreal _ he). intros y hy. exact hy. }
  assert (near_p : locally 0 (fun s => Rabs (p s - p 0) < Rmin 1 (eps / (2 * INR L ^ 2)))).
  { assert (c := is_derive_continuous p 0 _ (is_derive_p 0 (Rle_refl 0))).
    apply (c (fun y => Rabs (y - p 0) < Rmin 1 (eps / (2 * INR L ^ 2)))). exists (mkposreal _ hm). intros y hy. exact hy. }
  destruct (filter_and _ _ near_M near_p) as [delta close]. assert (hd := cond_pos delta).
  exists (Rmin t (delta / 2)). set (a := Rmin t (delta / 2)).
  assert (ha : 0 < a <= t) by (split; [apply Rmin_pos; lra|apply Rmin_l]). split; [easy|].
  destruct (close a) as [cM cp].
  { unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl. rewrite Ropp_0, Rplus_0_r, Rabs_right by lra.
    assert (m := Rmin_r t (delta / 2)). fold a in m. lra. }
  assert (q := p_pos a ha). rewrite p0, Rminus_0_r, (Rabs_right (p a)) in cp by lra.
  assert (m1 := Rmin_l 1 (eps / (2 * INR L ^ 2))). assert (m2 := Rmin_r 1 (eps / (2 * INR L ^ 2))).
  assert (power : Rpower (p a) (2 - 2 / INR L) <= p a).
  { rewrite <- (Rpower_1 (p a)) at 2 by easy. unfold Rpower.
    assert (ln (p a) <= 0) by (rewrite <- ln_1; apply ln_le; lra).
    assert (2 / INR L <= 1) by (apply Rle_div_l; lra).
    apply Rnot_lt_le. intro up. apply exp_lt_inv in up. nra. }
  assert (small : INR L ^ 2 * Rpower (p a) (2 - 2 / INR L) <= eps / 2).
  { apply Rle_trans with (INR L ^ 2 * (eps / (2 * INR L ^ 2))); [apply Rmult_le_compat_l; [nra|lra]|right; field; lra]. }
  rewrite M0 in cM. apply Rabs_def2 in cM. unfold E. lra.
Qed.

Lemma E_above_start : (forall s, 0 < s <= t -> least s <= most s) -> sigma0 ^ 2 <= E t.
Proof.
  intro means. apply Rnot_lt_le. intro less. assert (q : 0 < (sigma0 ^ 2 - E t) / 2) by lra.
  destruct (E_near_0 (mkposreal _ q)) as [a [ha e]]. simpl in e.
  assert (g : - E t <= - E a).
  { apply (nonincreasing (fun s => - E s) (fun s => - E' s)); [easy| |].
    - intros s hs. exact (is_derive_opp _ s _ (is_derive_E s ltac:(lra))).
    - intros s hs. rewrite slope_of_E by lra. specialize (means s ltac:(lra)).
      assert (x := M_pos s ltac:(lra)). assert (y := p_pos s ltac:(lra)).
      assert (0 <= p s * (most s - least s)) by (apply Rmult_le_pos; lra). nra. }
  lra.
Qed.
End Motion.

(** M^2 - L^2 |theta|^(4 - 4/L) is at least its value at the start ... *)
Theorem above_start L A H H2 w sigma0 t : (2 <= L)%nat -> (forall s, 0 <= s -> is_derive w s 1) ->
  (forall s, 0 <= s -> is_derive A s (A s * H s)) -> (forall s, 0 <= s -> is_derive H s (- H2 s)) -> w 0 = 0 -> A 0 = sigma0 ->
  0 < t -> (forall s, 0 < s <= t -> 0 < A s) -> (forall s, 0 < s <= t -> 0 < H s) ->
  (forall s, 0 < s <= t -> INR L * Rpower (/ (A s * w s)) (2 / INR L) * (INR L - 1) <= (H s + / w s) ^ 2 - H2 s - / w s ^ 2) ->
  sigma0 ^ 2 <= (A t * (1 + H t * w t)) ^ 2 - INR L ^ 2 * Rpower (A t * w t) (2 - 2 / INR L).
Proof. exact (E_above_start L A H H2 w sigma0 t). Qed.
(** ... and above it, if the inequality of the means is strict. *)
Theorem strictly_above_start L A H H2 w sigma0 t : (2 <= L)%nat -> (forall s, 0 <= s -> is_derive w s 1) ->
  (forall s, 0 <= s -> is_derive A s (A s * H s)) -> (forall s, 0 <= s -> is_derive H s (- H2 s)) -> w 0 = 0 -> A 0 = sigma0 ->
  0 < t -> (forall s, 0 < s <= t -> 0 < A s) -> (forall s, 0 < s <= t -> 0 < H s) ->
  (forall s, 0 < s <= t -> INR L * Rpower (/ (A s * w s)) (2 / INR L) * (INR L - 1) < (H s + / w s) ^ 2 - H2 s - / w s ^ 2) ->
  sigma0 ^ 2 < (A t * (1 + H t * w t)) ^ 2 - INR L ^ 2 * Rpower (A t * w t) (2 - 2 / INR L).
Proof.
  intros deep dw dA dH w0 A0 ht A_pos H_pos means.
  assert (below : forall s, 0 < s <= t -> INR L * Rpower (/ (A s * w s)) (2 / INR L) * (INR L - 1) <= (H s + / w s) ^ 2 - H2 s - / w s ^ 2)
    by (intros s hs; left; now apply means).
  assert (half := above_start L A H H2 w sigma0 (t / 2) deep dw dA dH w0 A0 ltac:(lra) ltac:(intros; apply A_pos; lra)
    ltac:(intros; apply H_pos; lra) ltac:(intros; apply below; lra)). cbv beta zeta in half.
  destruct (mean_value _ _ (t / 2) t ltac:(lra)
    (fun s hs => is_derive_E L A H H2 w t deep dw dA dH w0 A_pos s ltac:(lra))) as [c [hc e]].
  rewrite (slope_of_E L A H H2 w t dw w0 A_pos) in e by lra.
  assert (m := means c ltac:(lra)). assert (x := M_pos A H w t dw w0 A_pos H_pos c ltac:(lra)).
  assert (y := p_pos A w t dw w0 A_pos c ltac:(lra)). cbv beta zeta in *.
  match type of e with _ = ?slope * _ => assert (pos : 0 < slope) by (apply Rmult_lt_0_compat; [lra|apply Rmult_lt_0_compat; lra]) end.
  nra.
Qed.
