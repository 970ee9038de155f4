(** Calculus on the line and on R^d that the paper uses and the libraries do not state in this form.

    A point of R^d is a function nat -> R of which the first d values count. *)
From Coq Require Import Reals Ranalysis5 Arith Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From DDLN Require Import Products.
Open Scope R_scope.

(** An equation between elements of the real line seen as a module is one between reals. *)
Ltac reals := unfold minus, plus, opp, scal, zero, one, mult; cbn -[pow Prod Sum];
  unfold mult, plus, opp; cbn -[pow Prod Sum]; lazymatch goal with |- @eq _ ?a ?b => change (@eq R a b) end.

(** ** Derivatives by epsilon and delta *)

Lemma is_derive_eps (f : R -> R) x l :
  is_derive f x l <-> forall eps : posreal, locally x (fun y => Rabs (f y - f x - (y - x) * l) <= eps * Rabs (y - x)).
Proof.
  split; [intros [_ h] eps; exact (h x (fun P H => H) eps)|].
  intro h. split; [apply is_linear_scal_l|]. intros x0 hx0.
  assert (x = x0) as <- by now apply is_filter_lim_locally_unique. exact h.
Qed.

Lemma is_derive_to (f : R -> R) x l l' : is_derive f x l -> l = l' -> is_derive f x l'.
Proof. now intros h <-. Qed.

Lemma is_derive_continuity (f : R -> R) x l : is_derive f x l -> continuity_pt f x.
Proof. intro h. apply derivable_continuous_pt. exists l. now apply is_derive_Reals. Qed.
Lemma is_derive_continuous (f : R -> R) x l : is_derive f x l -> continuous f x.
Proof. intro h. apply (ex_derive_continuous f x). now exists l. Qed.

(** The mean value theorem, as it is used here. *)
Lemma mean_value (f f' : R -> R) a b : a <= b ->
  (forall t, a <= t <= b -> is_derive f t (f' t)) -> exists c, a <= c <= b /\ f b - f a = f' c * (b - a).
Proof.
  intros hab h. destruct (MVT_gen f a b f') as [c [hc e]].
  - intros t ht. rewrite Rmin_left, Rmax_right in ht by easy. apply h. lra.
  - intros t ht. rewrite Rmin_left, Rmax_right in ht by easy. apply (is_derive_continuity f t (f' t)). apply h. lra.
  - rewrite Rmin_left, Rmax_right in hc by easy. eauto.
Qed.

Lemma constant_of_zero_slope (f : R -> R) T : 0 <= T ->
  (forall t, 0 <= t <= T -> is_derive f t 0) -> f T = f 0.
Proof. intros hT h. destruct (mean_value f (fun _ => 0) 0 T hT h) as [c [_ e]]. lra. Qed.

Lemma nonincreasing (f f' : R -> R) a b : a <= b ->
  (forall t, a <= t <= b -> is_derive f t (f' t)) -> (forall t, a <= t <= b -> f' t <= 0) -> f b <= f a.
Proof. intros hab d neg. destruct (mean_value f f' a b hab d) as [c [hc e]]. specialize (neg c hc). nra. Qed.

(** The slope counts after the start only. *)
Lemma grows_from_start (f f' : R -> R) T : 0 < T ->
  (forall t, 0 <= t <= T -> is_derive f t (f' t)) -> (forall t, 0 < t <= T -> 0 <= f' t) -> f 0 <= f T.
Proof.
  intros hT d pos. destruct (MVT_cor2 f f' 0 T hT) as [c [e hc]]; [intros c hc; now apply is_derive_Reals, d|].
  specialize (pos c ltac:(lra)). nra.
Qed.

Lemma Rmin_Rmax_l x y : Rmin x y <= x <= Rmax x y.
Proof. split; [apply Rmin_l|apply Rmax_l]. Qed.
Lemma Rmin_Rmax_r x y : Rmin x y <= y <= Rmax x y.
Proof. split; [apply Rmin_r|apply Rmax_r]. Qed.

(** What is constant from 0 on and differentiable has the slope 0, also at 0. *)
Lemma zero_slope_of_constant (f : R -> R) t :
  (forall s, 0 <= s -> f s = f 0) -> 0 <= t -> ex_derive f t -> is_derive f t 0.
Proof.
  intros same ht [l h]. destruct (Req_dec l 0) as [<-|ne]; [easy|exfalso].
  assert (pos : 0 < Rabs l / 2) by (assert (p := Rabs_pos_lt l ne); lra).
  destruct (proj1 (is_derive_eps f t l) h (mkposreal _ pos)) as [[e he] near]. simpl in near.
  assert (b : ball t e (t + e / 2)).
  { unfold ball; simpl; unfold AbsRing_ball, abs, minus, plus, opp; simpl.
    replace (t + e / 2 + - t) with (e / 2) by ring. rewrite Rabs_right; lra. }
  specialize (near _ b). rewrite (same (t + e / 2)), (same t) in near by lra.
  replace (f 0 - f 0 - (t + e / 2 - t) * l) with (- (e / 2 * l)) in near by ring.
  replace (t + e / 2 - t) with (e / 2) in near by ring.
  rewrite Rabs_Ropp, Rabs_mult, (Rabs_right (e / 2)) in near by lra. nra.
Qed.

(** Bolzano: what is continuous on [0, T] and vanishes nowhere there keeps its sign. *)
Lemma keeps_sign (f : R -> R) T : 0 <= T ->
  (forall t, 0 <= t <= T -> continuity_pt f t) -> (forall t, 0 <= t <= T -> f t <> 0) -> 0 < f T * f 0.
Proof.
  intros hT c nz. assert (n0 := nz 0 ltac:(lra)). assert (nT := nz T ltac:(lra)).
  destruct (Rlt_le_dec 0 (f T * f 0)) as [h|h]; [easy|exfalso].
  assert (h0 : 0 < T) by (destruct (Req_dec T 0) as [->|]; [nra|lra]).
  destruct (Rdichotomy _ _ n0) as [neg|pos].
  - destruct (Ranalysis5.IVT_interv f 0 T c h0 neg ltac:(nra)) as [z [hz e]]. exact (nz z hz e).
  - destruct (Ranalysis5.IVT_interv (fun t => - f t) 0 T) as [z [hz e]]; [|easy|lra|nra|].
    + intros t ht. apply continuity_pt_opp. now apply c.
    + apply (nz z hz). lra.
Qed.

(** Groenwall's inequality in differential form: f' <= -c f gives f(T) <= exp(-cT) f(0). *)
Lemma gronwall (f f' : R -> R) c T : 0 <= T ->
  (forall t, 0 <= t <= T -> is_derive f t (f' t)) -> (forall t, 0 <= t <= T -> f' t <= - c * f t) ->
  f T <= exp (- c * T) * f 0.
Proof.
  intros hT df le.
  assert (down : exp (c * T) * f T <= exp (c * 0) * f 0).
  { apply (nonincreasing (fun t => exp (c * t) * f t) (fun t => exp (c * t) * (c * f t + f' t))); [easy| |].
    - intros t ht. assert (de : is_derive (fun s => exp (c * s)) t (c * exp (c * t))) by (auto_derive; [easy|ring]).
      refine (is_derive_to _ _ _ _ (is_derive_mult _ f t _ _ de (df t ht) (fun a b => Rmult_comm a b)) _).
      unfold plus, mult; simpl. ring.
    - intros t ht. specialize (le t ht). assert (p := exp_pos (c * t)). nra. }
  rewrite Rmult_0_r, exp_0, Rmult_1_l in down.
  assert (one : exp (- c * T) * exp (c * T) = 1)
    by (rewrite <- exp_plus; replace (- c * T + c * T) with 0 by ring; apply exp_0).
  replace (f T) with (exp (- c * T) * (exp (c * T) * f T)) by (rewrite <- Rmult_assoc, one; ring).
  apply Rmult_le_compat_l; [left; apply exp_pos|easy].
Qed.

(** ** Functions on R^d *)

(** Frechet differentiability at a point, with the gradient [g] there ... *)
Definition differentiable_at (d : nat) (F : (nat -> R) -> R) (g x : nat -> R) :=
  forall eps : posreal, exists delta : posreal,
    forall y, (forall i, (i < d)%nat -> Rabs (y i - x i) < delta) ->
    Rabs (F y - F x - Sum d (fun i => g i * (y i - x i))) <= eps * Sum d (fun i => Rabs (y i - x i)).
(** ... and everywhere, with the gradient [grad]. *)
Definition differentiable (d : nat) (F : (nat -> R) -> R) (grad : (nat -> R) -> nat -> R) :=
  forall x, differentiable_at d F (grad x) x.
(** Continuity of a gradient. *)
Definition continuous_field (d : nat) (grad : (nat -> R) -> nat -> R) :=
  forall x (eps : posreal), exists delta : posreal,
    forall y, (forall i, (i < d)%nat -> Rabs (y i - x i) < delta) -> forall i, (i < d)%nat -> Rabs (grad y i - grad x i) < eps.

(** A function that may be infinite, convex in the sense of chords. *)
Definition extended_convex (d : nat) (Q : (nat -> R) -> Rbar) := forall x y c, 0 < c < 1 ->
  Rbar_le (Q (fun i => (1 - c) * x i + c * y i)) (Rbar_plus (Rbar_mult (1 - c) (Q x)) (Rbar_mult c (Q y))).

Lemma locally_all d x (P : nat -> R -> Prop) :
  (forall i, (i < d)%nat -> locally x (P i)) -> locally x (fun y => forall i, (i < d)%nat -> P i y).
Proof.
  induction d; intro h; [apply filter_forall; intros; lia|].
  generalize (filter_and _ _ (IHd (fun i hi => h i (Nat.lt_lt_succ_r _ _ hi))) (h d (Nat.lt_succ_diag_r d))).
  apply filter_imp. intros y [a b] i hi. destruct (Nat.eq_dec i d) as [->|ne]; [easy|apply a; lia].
Qed.

(** The chain rule along a curve: d/dt F(c(t)) = <grad F(c(t)), c'(t)>. *)
Lemma chain_rule d F grad (c : nat -> R -> R) (v : nat -> R) t :
  differentiable d F grad -> (forall i, (i < d)%nat -> is_derive (c i) t (v i)) ->
  is_derive (fun s => F (fun i => c i s)) t (Sum d (fun i => grad (fun i => c i t) i * v i)).
Proof.
  intros dF dc. set (x := fun i => c i t). apply is_derive_eps. intro eps.
  set (K := Sum d (fun i => Rabs (v i) + 1) + 1).
  assert (hK : 0 < K).
  { enough (0 <= Sum d (fun i => Rabs (v i) + 1)) by (unfold K; lra).
    apply Sum_nonneg. intros k _. assert (p := Rabs_pos (v k)). lra. }
  assert (he : 0 < eps / (2 * K)) by (apply Rdiv_lt_0_compat; [apply cond_pos|lra]).
  destruct (dF x (mkposreal _ he)) as [delta hF]. simpl in hF.
  assert (near : locally t (fun s => forall i, (i < d)%nat -> Rabs (c i s - c i t) < delta)).
  { apply locally_all. intros i hi.
    apply (is_derive_continuous (c i) t (v i) (dc i hi) (fun y => Rabs (y - c i t) < delta)). exists delta. intros y hy. exact hy. }
  assert (slow : locally t (fun s => forall i, (i < d)%nat ->
      Rabs (c i s - c i t - (s - t) * v i) <= 1 * Rabs (s - t))).
  { apply locally_all. intros i hi. exact (proj1 (is_derive_eps _ _ _) (dc i hi) (mkposreal 1 Rlt_0_1)). }
  assert (straight : locally t (fun s => Rabs (Sum d (fun i => grad x i * c i s) - Sum d (fun i => grad x i * c i t)
      - (s - t) * Sum d (fun i => grad x i * v i)) <= eps / 2 * Rabs (s - t))).
  { refine (proj1 (is_derive_eps (fun s => Sum d (fun i => grad x i * c i s)) t _) _ (mkposreal (eps / 2) _)).
    - apply is_derive_Sum. intros k hk. apply is_derive_scal. now apply dc.
    - destruct eps as [e pe]; simpl; lra. }
  generalize (filter_and _ _ near (filter_and _ _ slow straight)). apply filter_imp. intros s [a [b e]].
  specialize (hF (fun i => c i s) a). fold x.
  assert (bound : Sum d (fun i => Rabs (c i s - x i)) <= K * Rabs (s - t)).
  { apply Rle_trans with (Sum d (fun i => Rabs (s - t) * (Rabs (v i) + 1))).
    - apply Sum_le. intros i hi. specialize (b i hi). unfold x.
      replace (c i s - c i t) with ((c i s - c i t - (s - t) * v i) + (s - t) * v i) by ring.
      eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult. lra.
    - rewrite Sum_scal. assert (p := Rabs_pos (s - t)). unfold K. nra. }
  assert (apart : Sum d (fun i => grad x i * (c i s - x i))
      = Sum d (fun i => grad x i * c i s) - Sum d (fun i => grad x i * c i t)).
  { rewrite <- Sum_minus. apply Sum_ext. intros; unfold x; ring. }
  replace (F (fun i => c i s) - F x - (s - t) * Sum d (fun i => grad x i * v i)) with
    ((F (fun i => c i s) - F x - Sum d (fun i => grad x i * (c i s - x i))) +
     (Sum d (fun i => grad x i * c i s) - Sum d (fun i => grad x i * c i t) - (s - t) * Sum d (fun i => grad x i * v i)))
    by (rewrite apart; ring).
  eapply Rle_trans; [apply Rabs_triang|].
  assert (eps / (2 * K) * Sum d (fun i => Rabs (c i s - x i)) <= eps / 2 * Rabs (s - t)).
  { apply Rle_trans with (eps / (2 * K) * (K * Rabs (s - t))); [apply Rmult_le_compat_l; lra|].
    right. field. lra. }
  lra.
Qed.

(** A separable function is differentiable where its summands are, and its gradient is theirs. *)
Lemma differentiable_separable_at d (q q' : nat -> R -> R) x :
  (forall i, (i < d)%nat -> is_derive (q i) (x i) (q' i (x i))) ->
  differentiable_at d (fun x => Sum d (fun i => q i (x i))) (fun i => q' i (x i)) x.
Proof.
  intros dq eps.
  assert (near : exists delta : posreal, forall i, (i < d)%nat -> forall y, Rabs (y - x i) < delta ->
      Rabs (q i y - q i (x i) - (y - x i) * q' i (x i)) <= eps * Rabs (y - x i)).
  { clear - dq. induction d as [|d IH]; [exists (mkposreal 1 Rlt_0_1); intros; lia|].
    destruct IH as [d1 h1]; [intros; apply dq; lia|].
    destruct (proj1 (is_derive_eps _ _ _) (dq d (Nat.lt_succ_diag_r d)) eps) as [d2 h2].
    assert (hm : 0 < Rmin d1 d2) by (apply Rmin_pos; apply cond_pos).
    exists (mkposreal _ hm). intros i hi y hy. simpl in hy.
    assert (m1 := Rmin_l d1 d2). assert (m2 := Rmin_r d1 d2).
    destruct (Nat.eq_dec i d) as [->|ne]; [apply h2; change (Rabs (y - x d) < d2); lra|apply h1; [lia|lra]]. }
  destruct near as [delta h]. exists delta. intros y hy.
  rewrite <- !Sum_minus. eapply Rle_trans; [apply Rabs_Sum|]. rewrite <- Sum_scal. apply Sum_le.
  intros i hi. specialize (h i hi (y i) (hy i hi)). rewrite (Rmult_comm (q' i (x i))). exact h.
Qed.
Lemma differentiable_separable d (q q' : nat -> R -> R) :
  (forall i, (i < d)%nat -> forall x, is_derive (q i) x (q' i x)) ->
  differentiable d (fun x => Sum d (fun i => q i (x i))) (fun x i => q' i (x i)).
Proof. intros dq x. apply differentiable_separable_at. auto. Qed.

(** An increasing slope: the function lies above its tangents, and touches each of them once. *)
Lemma above_tangent_between (q q' q'' : R -> R) x y :
  (forall z, Rmin x y <= z <= Rmax x y -> is_derive q z (q' z) /\ is_derive q' z (q'' z) /\ 0 < q'' z) ->
  x <> y -> q x + q' x * (y - x) < q y.
Proof.
  intros h ne. assert (lo := Rmin_Rmax_l x y). assert (hi := Rmin_Rmax_r x y). set (m := (x + y) / 2).
  assert (up : forall a b, Rmin x y <= a -> a < b -> b <= Rmax x y -> q' a < q' b).
  { intros a b ha hab hb. destruct (mean_value q' q'' a b) as [c [hc e]]; [lra|intros t ht; apply h; lra|].
    assert (p : 0 < q'' c) by (apply h; lra). nra. }
  destruct (Rdichotomy _ _ ne) as [lt|gt].
  - rewrite Rmin_left, Rmax_right in * by lra.
    destruct (mean_value q q' x m) as [a [ha ea]]; [unfold m; lra|intros; apply h; unfold m in *; lra|].
    destruct (mean_value q q' m y) as [b [hb eb]]; [unfold m; lra|intros; apply h; unfold m in *; lra|].
    assert (q' x <= q' a) by (destruct (Req_dec x a) as [<-|]; [lra|left; apply up; unfold m in *; lra]).
    assert (q' x < q' b) by (apply up; unfold m in *; lra). unfold m in *. nra.
  - rewrite Rmin_right, Rmax_left in * by lra.
    destruct (mean_value q q' m x) as [a [ha ea]]; [unfold m; lra|intros; apply h; unfold m in *; lra|].
    destruct (mean_value q q' y m) as [b [hb eb]]; [unfold m; lra|intros; apply h; unfold m in *; lra|].
    assert (q' a <= q' x) by (destruct (Req_dec x a) as [<-|]; [lra|left; apply up; unfold m in *; lra]).
    assert (q' b < q' x) by (apply up; unfold m in *; lra). unfold m in *. nra.
Qed.
Lemma above_tangent (q q' q'' : R -> R) x y :
  (forall z, is_derive q z (q' z)) -> (forall z, is_derive q' z (q'' z)) -> (forall z, 0 < q'' z) ->
  x <> y -> q x + q' x * (y - x) < q y.
Proof. intros dq dq' pos. apply (above_tangent_between q q' q''). auto. Qed.

(** ** One-sided derivatives at the ends of [0, T] *)

(** The derivative of [f] on the interval [0, T]: at 0 and at T only points of the interval count. *)
Definition is_derive_on (T : R) (f : R -> R) (t l : R) := forall eps : posreal,
  locally t (fun s => 0 <= s <= T -> Rabs (f s - f t - (s - t) * l) <= eps * Rabs (s - t)).

(** [f] on [0, T], continued along its tangents at both ends. *)
Definition continued (T : R) (f v : R -> R) (s : R) : R :=
  if Rlt_dec s 0 then f 0 + s * v 0 else if Rlt_dec T s then f T + (s - T) * v T else f s.

Lemma continued_same T f v t : 0 <= t <= T -> continued T f v t = f t.
Proof. intro ht. unfold continued. destruct (Rlt_dec t 0), (Rlt_dec T t); lra || easy. Qed.

Lemma is_derive_continued T (f v : R -> R) t : 0 <= t <= T ->
  is_derive_on T f t (v t) -> is_derive (continued T f v) t (v t).
Proof.
  intros ht h. apply is_derive_eps. intro eps. rewrite (continued_same T f v t ht).
  assert (ge : 0 <= eps) by (left; apply cond_pos).
  assert (left_end : locally t (fun s => s < 0 -> t = 0)).
  { destruct (Req_dec t 0) as [->|ne]; [apply filter_forall; easy|].
    assert (p : 0 < t) by lra. exists (mkposreal _ p). intros s hs neg. exfalso.
    unfold ball in hs; simpl in hs; unfold AbsRing_ball, abs, minus, plus, opp in hs; simpl in hs.
    rewrite Rabs_left in hs; lra. }
  assert (right_end : locally t (fun s => T < s -> t = T)).
  { destruct (Req_dec t T) as [->|ne]; [apply filter_forall; easy|].
    assert (p : 0 < T - t) by lra. exists (mkposreal _ p). intros s hs neg. exfalso.
    unfold ball in hs; simpl in hs; unfold AbsRing_ball, abs, minus, plus, opp in hs; simpl in hs.
    rewrite Rabs_right in hs; lra. }
  generalize (filter_and _ _ (h eps) (filter_and _ _ left_end right_end)). apply filter_imp.
  intros s [inside [l r]]. unfold continued.
  destruct (Rlt_dec s 0) as [neg|nn]; [|destruct (Rlt_dec T s) as [far|nf]].
  - rewrite (l neg). replace (f 0 + s * v 0 - f 0 - (s - 0) * v 0) with 0 by ring. rewrite Rabs_R0.
    apply Rmult_le_pos; [easy|apply Rabs_pos].
  - rewrite (r far). replace (f T + (s - T) * v T - f T - (s - T) * v T) with 0 by ring. rewrite Rabs_R0.
    apply Rmult_le_pos; [easy|apply Rabs_pos].
  - apply inside. lra.
Qed.

Lemma is_derive_on_of (T : R) (f : R -> R) t l : is_derive f t l -> is_derive_on T f t l.
Proof. intros h eps. generalize (proj1 (is_derive_eps f t l) h eps). apply filter_imp. auto. Qed.
